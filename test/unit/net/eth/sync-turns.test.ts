import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { decodeHeader } from '../../../../src/types/header.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { chainOf, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld, START_MS, type Tamper, type WorldNode } from '../../../support/eth-world.js';

beforeAll(initKeccak);

const TURN_MS = 120_000;

const withChain = (blocks: Parameters<FakeChain['importAll']>[0]): FakeChain => new FakeChain().importAll(blocks);

/** Claims more than anybody, and gives 256 real headers of hardly any work in 25 s, just before the patience with it ends. */
const dripping: Tamper = (message) => {
  if (message.code === EthCode.status) {
    const told = { ...status.decode(message.payload), totalDifficulty: 1n << 80n };
    return { ...message, payload: status.encode(told) };
  }
  if (message.code !== EthCode.blockHeaders) return message;
  const { requestId, items } = blockHeaders.decode(message.payload);
  const [first, second] = items.map((item) => decodeHeader(item).header.number);
  if (first === undefined || second === undefined || second - first > 1) return message;
  const isDue = first < 256 * Math.ceil((message.atMs - START_MS + 1) / 25_000);
  const given = items.slice(0, isDue ? 20 : 1);
  return { ...message, payload: blockHeaders.encode({ requestId, items: given }), delayMs: 1900 };
};

/** True in each second from the first until the node is at `number`; in ms how long that took. */
function follow(world: EthWorld, node: WorldNode, number: number): { readonly ms: number; readonly seen: boolean[] } {
  const startMs = world.nowMs;
  const seen: boolean[] = [];
  for (let s = 0; s < 1000 && node.chain.head().number < number; s++) {
    world.run(1000, () => node.chain.head().number === number);
    seen.push(node.service.syncStatus().syncing);
  }
  return { ms: world.nowMs - startMs, seen: seen.slice(0, -1) };
}

describe('the turn of a peer', () => {
  it('ends while others wait: a chain of hardly any work does not hold up a fresh node', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    const cheap = withChain(chainOf(GENESIS, 4000, () => ({ salt: 9, difficulty: 1n })));
    for (const name of ['a', 'b']) world.connect(fresh, world.node(name, { chain: cheap, tamper: dripping }));
    const honest = withChain(chainOf(GENESIS, 3000));
    world.connect(fresh, world.node('honest', { chain: honest }));
    const { ms } = follow(world, fresh, 3000);
    expect(fresh.chain.head().hash).toBe(honest.head().hash);
    expect(ms).toBeLessThan(2 * TURN_MS + 20_000);
  });

  it('is passed on in a moment, by a node that says all the time that it syncs', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    const blocks = chainOf(GENESIS, 1000, (i) => ({ transactions: [transfer(i)] }));
    const slow: Tamper = (message) => {
      if (message.code !== EthCode.blockBodies) return message;
      const { requestId, items } = blockBodies.decode(message.payload);
      return { ...message, payload: blockBodies.encode({ requestId, items: items.slice(0, 1) }), delayMs: 1500 };
    };
    for (const name of ['a', 'b', 'c'])
      world.connect(fresh, world.node(name, { chain: withChain(blocks), tamper: slow }));
    const { ms, seen } = follow(world, fresh, 1000);
    expect(fresh.events.filter((event) => event.kind === 'sync-master-out')).toHaveLength(Math.floor(ms / TURN_MS));
    expect(ms).toBeGreaterThan(2 * TURN_MS);
    expect(ms).toBeLessThan((1000 / 6) * 1530 * 1.05);
    expect(new Set(seen.slice(1))).toEqual(new Set([true]));
    expect(fresh.events.map(({ kind }) => kind)).not.toContain('sync-failed');
  });

  it('lasts as long as it takes if it is our import that takes so long', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 100 });
    const blocks = chainOf(GENESIS, 3000);
    for (const name of ['a', 'b']) world.connect(fresh, world.node(name, { chain: withChain(blocks) }));
    follow(world, fresh, 3000);
    expect(fresh.events.filter((event) => event.kind === 'sync-started')).toHaveLength(1);
  });

  it('lasts as long as it takes if nobody waits', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh', { importMs: 100 });
    world.connect(fresh, world.node('only', { chain: withChain(chainOf(GENESIS, 3000)) }));
    follow(world, fresh, 3000);
    expect(fresh.events.filter((event) => event.kind === 'sync-started')).toHaveLength(1);
  });
});
