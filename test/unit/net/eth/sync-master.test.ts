import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { type Block, sealedHeaderOf } from '../../../../src/types/block.js';
import { decodeHeader } from '../../../../src/types/header.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { getBlockHeaders } from '../../../../src/wire/eth/get-block-headers.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { BAD_SEAL, BAD_STATE, chainOf, childBlock, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld, type Tamper, type WorldNode } from '../../../support/eth-world.js';

beforeAll(initKeccak);

const LENGTH = 3000;
let blocks: Block[];
beforeAll(() => {
  blocks = chainOf(GENESIS, LENGTH, (i) => ({ transactions: i % 10 === 0 ? [transfer(i)] : [] }));
});

const withChain = (...parts: readonly (readonly Block[])[]): FakeChain => new FakeChain().importAll(parts.flat());
const kinds = (node: WorldNode): string[] => node.events.map(({ kind }) => kind);
const isDone = (node: WorldNode) => (): boolean => node.chain.head().number === LENGTH;

/** True for the headers of a skeleton: they are far apart. */
function isSkeleton(payload: Uint8Array): boolean {
  const [first, second] = blockHeaders.decode(payload).items.map((item) => decodeHeader(item).header.number);
  return first !== undefined && second !== undefined && second - first > 1;
}

/** What happens to header answers of one sort. */
const onHeaders =
  (change: (payload: Uint8Array) => { readonly payload: Uint8Array; readonly delayMs?: number } | undefined): Tamper =>
  (message) => {
    if (message.code !== EthCode.blockHeaders) return message;
    const changed = change(message.payload);
    return changed === undefined ? undefined : { code: message.code, ...changed };
  };

/** A Status that claims twice the work, so that the peer is the first master. */
const boasting =
  (tamper: Tamper): Tamper =>
  (message) => {
    if (message.code !== EthCode.status) return tamper(message);
    const told = status.decode(message.payload);
    return { ...message, payload: status.encode({ ...told, totalDifficulty: told.totalDifficulty * 2n }) };
  };

describe('a master that holds the sync up', () => {
  const cases: { name: string; tamper: Tamper; masterOut: boolean; withinMs: number }[] = [
    {
      name: 'never says what its head is',
      tamper: onHeaders(() => undefined),
      masterOut: false,
      withinMs: 1000,
    },
    {
      name: 'gives no skeleton',
      tamper: onHeaders((payload) => (isSkeleton(payload) ? undefined : { payload })),
      masterOut: true,
      withinMs: 1000,
    },
    {
      name: 'gives the skeleton and no header between',
      tamper: onHeaders((payload) =>
        isSkeleton(payload) || blockHeaders.decode(payload).items.length === 1 ? { payload } : undefined,
      ),
      masterOut: false,
      withinMs: 1300,
    },
    {
      name: 'answers each question in just under the two seconds that it has',
      tamper: onHeaders((payload) => ({ payload, delayMs: 1900 })),
      masterOut: false,
      withinMs: 1500,
    },
  ];
  it.each(cases)('$name: replaced within half a second', ({ tamper, masterOut, withinMs }) => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    world.connect(fresh, world.node('bad', { chain: withChain(blocks), tamper: boasting(tamper) }));
    world.connect(fresh, world.node('good', { chain: withChain(blocks) }));
    expect(world.run(60_000, isDone(fresh))).toBeLessThan(withinMs);
    expect(kinds(fresh).includes('sync-master-out')).toBe(masterOut);
    expect(fresh.events.filter(({ kind }) => kind === 'sync-started')).toHaveLength(1);
    expect(fresh.faultCodes()).toEqual([]);
  });

  it('three silent ones are three half seconds', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    for (const name of ['a', 'b', 'c']) {
      const tamper = boasting(onHeaders(() => undefined));
      world.connect(fresh, world.node(name, { chain: withChain(blocks), tamper }));
    }
    world.connect(fresh, world.node('good', { chain: withChain(blocks) }));
    expect(world.run(60_000, isDone(fresh))).toBeLessThan(2200);
  });

  it('does not make a node spin whose timers fire late', () => {
    const world = new EthWorld();
    world.timersLateMs = 5;
    const fresh = world.node('fresh');
    const chain = blocks.slice(0, 1300);
    const slow = onHeaders((payload) =>
      isSkeleton(payload) || blockHeaders.decode(payload).items.length === 1 ? { payload } : { payload, delayMs: 3000 },
    );
    world.connect(fresh, world.node('first', { chain: withChain(chain), tamper: boasting(slow) }));
    // Its questions leave a moment after the first one's: it is not late yet when that is.
    world.run(42);
    world.connect(fresh, world.node('second', { chain: withChain(chain), tamper: slow }));
    world.run(60_000, () => fresh.chain.head().number === chain.length);
    expect(fresh.chain.head().number).toBe(chain.length);
  });

  it('is waited for if it is alone', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    const tamper = onHeaders((payload) => ({ payload, delayMs: 1800 }));
    world.connect(fresh, world.node('slow', { chain: withChain(blocks), tamper }));
    world.run(60_000, isDone(fresh));
    expect(fresh.chain.head().number).toBe(LENGTH);
    expect(fresh.faultCodes()).toEqual([]);
    expect(kinds(fresh)).not.toContain('sync-failed');
  });

  it.each([
    { name: 'for 3 s', ms: 3000 },
    { name: 'for 8 s', ms: 8000 },
    { name: 'for half a minute', ms: 30_000 },
  ])('is gone on with if it is alone and falls silent $name', ({ ms }) => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 1 });
    const silentFromMs = world.nowMs + 400;
    const tamper: Tamper = (message) => {
      const isSilent = message.atMs >= silentFromMs && message.atMs < silentFromMs + ms;
      return isSilent ? undefined : message;
    };
    world.connect(fresh, world.node('only', { chain: withChain(blocks), tamper }));
    world.run(400);
    expect(fresh.chain.head().number).toBeLessThan(LENGTH / 2);
    expect(world.run(600_000, isDone(fresh))).toBeLessThan(2 * ms + 10_000);
  });

  it('that leaves is replaced, and nothing is fetched twice', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 1 });
    const [conn] = world.connect(fresh, world.node('first', { chain: withChain(blocks), tamper: boasting((m) => m) }));
    world.connect(fresh, world.node('second', { chain: withChain(blocks) }));
    world.run(300);
    const before = fresh.chain.head().number;
    expect(before).toBeGreaterThan(0);
    world.cut(fresh, conn);
    world.run(60_000, isDone(fresh));
    expect(fresh.chain.head().number).toBe(LENGTH);
    expect(fresh.events.filter(({ kind }) => kind === 'sync-started')).toHaveLength(1);
  });
});

describe('headers from several peers', () => {
  const askedOf = (fresh: WorldNode, conn: number): number[] =>
    fresh.sent
      .filter((message) => message.conn === conn && message.code === EthCode.getBlockHeaders)
      .map(({ payload }) => getBlockHeaders.decode(payload))
      .filter(({ skip, amount }) => skip === 0 && amount > 1)
      .map(({ origin }) => (origin.kind === 'number' ? origin.number : -1));

  it('each is asked for a part', () => {
    const world = new EthWorld(50);
    const fresh = world.node('fresh');
    const conns = ['a', 'b', 'c'].map(
      (name) => world.connect(fresh, world.node(name, { chain: withChain(blocks) }))[0],
    );
    world.run(60_000, isDone(fresh));
    const parts = conns.map((conn) => askedOf(fresh, conn));
    for (const part of parts) expect(part.length).toBeGreaterThan(1);
    const all = parts.flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('one on another fork is left out, and charged with nothing', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    const trunk = blocks.slice(0, 600);
    const fork = chainOf(trunk[599] ?? GENESIS, 900, () => ({ salt: 3 }));
    world.connect(fresh, world.node('heavy', { chain: withChain(blocks) }));
    const [conn] = world.connect(fresh, world.node('other', { chain: withChain(trunk, fork) }));
    world.run(60_000, isDone(fresh));
    expect(fresh.chain.head().number).toBe(LENGTH);
    expect(askedOf(fresh, conn).length).toBeGreaterThan(0);
    expect(fresh.faultCodes()).toEqual([]);
  });

  it('one that sends a single made-up header for each part is left out', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 1 });
    const poison = onHeaders((payload) => {
      const { requestId, items } = blockHeaders.decode(payload);
      const [first] = items.map((item) => decodeHeader(item).header.number);
      const parent = first === undefined ? undefined : blocks[first - 2];
      if (parent === undefined || isSkeleton(payload)) return { payload };
      const header = sealedHeaderOf(childBlock(sealedHeaderOf(parent), { mixHash: BAD_SEAL }));
      return { payload: blockHeaders.encode({ requestId, items: [header.raw] }) };
    });
    const honest = world.node('honest', { chain: withChain(blocks), tamper: boasting((message) => message) });
    world.connect(fresh, honest);
    world.connect(fresh, world.node('liar', { chain: withChain(blocks), tamper: poison }));
    world.run(60_000, isDone(fresh));
    world.run(1000);
    expect(kinds(fresh)).toEqual(['peer-ready', 'peer-ready', 'sync-started', 'sync-proven', 'sync-finished']);
    expect(fresh.chain.head().number).toBe(LENGTH);
  });

  it('an invalid block is blamed on who vouched for it, not on who helped', () => {
    const world = new EthWorld();
    const bad = chainOf(GENESIS, 1500, (i) => (i === 1200 ? { stateRoot: BAD_STATE } : {}));
    const fresh = world.node('fresh');
    const liar = world.node('liar', {
      chain: new FakeChain({ lenient: true }).importAll(bad),
      tamper: boasting((m) => m),
    });
    const [conn] = world.connect(fresh, liar);
    world.connect(fresh, world.node('helper', { chain: withChain(bad.slice(0, 1200)) }));
    world.run(20_000, () => fresh.faults.length > 0);
    expect(fresh.faults.map((entry) => [entry.conn, entry.fault.code])).toEqual([[conn, 'announced-invalid-block']]);
    expect(fresh.chain.head().number).toBe(1200);
  });
});
