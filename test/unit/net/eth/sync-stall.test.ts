import { beforeAll, describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../../src/base/brand.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { ConnId } from '../../../../src/net/io.js';
import { type Block, sealedHeaderOf } from '../../../../src/types/block.js';
import { decodeHeader } from '../../../../src/types/header.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { BAD_SEAL, chainOf, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld, type Tamper, type WorldNode } from '../../../support/eth-world.js';

beforeAll(initKeccak);

const OURS = 100;
const LENGTH = 120;
/** The bound on a download without progress. */
const STALL_MS = 30_000;
/** Just inside the time that a question has. */
const DELAY_MS = 1900;

let blocks: Block[];
/** 256 headers that nobody has worked for, but for the last. */
let made: Block[];
beforeAll(() => {
  blocks = chainOf(GENESIS, LENGTH);
  made = chainOf(blocks[OURS - 1] ?? GENESIS, 256, (i) => (i < 255 ? { mixHash: BAD_SEAL } : {}));
});

const withChain = (...parts: readonly (readonly Block[])[]): FakeChain => new FakeChain().importAll(parts.flat());

/** Claims more than anybody, and does not sync itself. */
const claiming =
  (headHash: Hash32, tamper: Tamper): Tamper =>
  (message) => {
    if (message.code === EthCode.getBlockHeaders) return undefined;
    if (message.code !== EthCode.status) return tamper(message);
    const told = { ...status.decode(message.payload), totalDifficulty: 1n << 80n, headHash };
    return { ...message, payload: status.encode(told) };
  };

/** Shows a made-up head and the true chain below ours, then one header without work for each question, as late as it may. */
const trickling: Tamper = (message) => {
  if (message.code !== EthCode.blockHeaders) return message;
  const { requestId, items } = blockHeaders.decode(message.payload);
  const [first] = items;
  if (first === undefined || items.length === 1 || decodeHeader(first).header.number <= OURS) return message;
  return { ...message, payload: blockHeaders.encode({ requestId, items: [first] }), delayMs: DELAY_MS };
};

function attacker(world: EthWorld, name: string): WorldNode {
  const chain = withChain(blocks.slice(0, OURS), made);
  return world.node(name, { chain, tamper: claiming(chain.head().hash, trickling) });
}

const has = (node: WorldNode, number: number) => (): boolean => node.chain.head().number >= number;

describe('a master with a made-up chain', () => {
  it('holds the sync up for half a minute at most, and the mining not at all', () => {
    const world = new EthWorld();
    const victim = world.node('victim', { chain: withChain(blocks.slice(0, OURS)) });
    world.connect(victim, attacker(world, 'attacker'));
    const honest = world.node('honest', { chain: withChain(blocks) });
    world.connect(victim, honest);
    const wasSyncing: boolean[] = [];
    for (let second = 0; second < 29; second++) {
      world.run(1000);
      wasSyncing.push(victim.service.syncStatus().syncing);
    }
    expect(victim.events.map(({ kind }) => kind)).toContain('sync-started');
    expect(wasSyncing).not.toContain(true);
    expect(victim.events.map(({ kind }) => kind)).not.toContain('sync-proven');
    expect(victim.events.map(({ kind }) => kind)).not.toContain('sync-progress');
    expect(world.run(600_000, has(victim, LENGTH))).toBeLessThan(STALL_MS - 29_000 + 5000);
    expect(victim.chain.head().hash).toBe(honest.chain.head().hash);
  });

  it('does not keep an honest peer from its turn by coming back under other names', () => {
    const world = new EthWorld();
    const victim = world.node('victim', { chain: withChain(blocks.slice(0, OURS)) });
    const conns: ConnId[] = [];
    const join = (): void => {
      conns.push(world.connect(victim, attacker(world, `attacker ${conns.length}`))[0]);
    };
    join();
    join();
    world.connect(victim, world.node('honest', { chain: withChain(blocks) }));
    // Whoever has had its turn leaves, and is here again at once, with a clean record.
    let failures = 0;
    const renewed = (): boolean => {
      const failed = victim.events.filter((event) => event.kind === 'sync-failed');
      for (const { conn } of failed.slice(failures)) {
        if (!conns.includes(conn)) continue;
        world.cut(victim, conn);
        join();
      }
      failures = failed.length;
      return has(victim, LENGTH)();
    };
    expect(world.run(600_000, renewed)).toBeLessThan(2 * STALL_MS + 5000);
    expect(victim.chain.head().number).toBe(LENGTH);
  });

  it('needs a head with work, or is charged for it', () => {
    const world = new EthWorld();
    const victim = world.node('victim', { chain: withChain(blocks.slice(0, OURS)) });
    const cheap = chainOf(blocks[OURS - 1] ?? GENESIS, 256, () => ({ mixHash: BAD_SEAL }));
    const chain = withChain(blocks.slice(0, OURS), cheap);
    const liar = world.node('liar', { chain, tamper: claiming(chain.head().hash, trickling) });
    const [conn] = world.connect(victim, liar);
    world.run(5000);
    expect(victim.faults.map((entry) => [entry.conn, entry.fault.code])).toEqual([[conn, 'invalid-seal']]);
    expect(victim.events.map(({ kind }) => kind)).not.toContain('sync-started');
  });
});

describe('a fork that has not shown its work', () => {
  it('is not waited for longer because its headers come one by one', () => {
    const world = new EthWorld();
    const cheap = chainOf(GENESIS, 4000, () => ({ salt: 9, difficulty: 1n }));
    const chain = withChain(cheap);
    const tip = sealedHeaderOf(cheap.at(-1) ?? GENESIS).hash;
    const victim = world.node('victim', { chain: withChain(blocks.slice(0, OURS)) });
    // Each segment in 25 s, so that each seems to be progress.
    const slow: Tamper = (message) => {
      if (message.code !== EthCode.blockHeaders) return message;
      const { requestId, items } = blockHeaders.decode(message.payload);
      if (items.length <= 20) return message;
      return { ...message, payload: blockHeaders.encode({ requestId, items: items.slice(0, 20) }), delayMs: DELAY_MS };
    };
    world.connect(victim, world.node('liar', { chain, tamper: claiming(tip, slow) }));
    world.connect(victim, world.node('honest', { chain: withChain(blocks) }));
    expect(world.run(600_000, has(victim, LENGTH))).toBeLessThan(2 * STALL_MS);
  });
});

describe('the status of a sync', () => {
  /** A block with real work and a body that nobody is given. */
  const withheld: Tamper = (message) => (message.code === EthCode.blockBodies ? undefined : message);

  it('does not stop the mining twice for one header whose body is withheld', () => {
    const world = new EthWorld();
    const victim = world.node('victim', { chain: withChain(blocks) });
    const chain = withChain(
      blocks,
      chainOf(blocks.at(-1) ?? GENESIS, 1, () => ({ transactions: [transfer(0)] })),
    );
    const stoppedMs = [0, 1].map((n) => {
      const [conn] = world.connect(victim, world.node(`liar ${n}`, { chain, tamper: withheld }));
      let ms = 0;
      for (let t = 0; t < 120_000; t += 100) {
        world.run(100);
        if (victim.service.syncStatus().syncing) ms += 100;
      }
      world.cut(victim, conn);
      return ms;
    });
    expect(stoppedMs[0]).toBeGreaterThan(0);
    expect(stoppedMs[0]).toBeLessThanOrEqual(STALL_MS);
    expect(stoppedMs[1]).toBe(0);
  });

  it('is true as soon as a peer has shown more work than a fresh node has', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 10 });
    world.connect(fresh, world.node('honest', { chain: withChain(blocks) }));
    const seen = new Set<boolean>();
    world.run(60_000, () => {
      if (fresh.queued.length > 0) seen.add(fresh.service.syncStatus().syncing);
      return fresh.chain.head().number === LENGTH;
    });
    expect(seen).toEqual(new Set([true]));
  });
});
