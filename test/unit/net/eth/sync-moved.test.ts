import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { Block } from '../../../../src/types/block.js';
import { newBlock } from '../../../../src/wire/eth/new-block.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { chainOf, FakeChain, GENESIS } from '../../../support/eth-chain.js';
import { EthWorld, type Tamper } from '../../../support/eth-world.js';

beforeAll(initKeccak);

const branch = (length: number, salt: number, difficulty: bigint): Block[] =>
  chainOf(trunk.at(-1) ?? GENESIS, length, () => ({ salt, difficulty }));

let trunk: Block[];
beforeAll(() => {
  trunk = chainOf(GENESIS, 20);
});

describe('a peer that claims a block which has lost against another on its chain since', () => {
  const cases = [
    { name: 'of the same number', lost: 3, won: 3, ours: 0 },
    { name: 'of a higher number', lost: 3, won: 10, ours: 0 },
    { name: 'of a lower number', lost: 5, won: 3, ours: 0 },
    { name: 'of the same number, while we are on a fork of our own', lost: 3, won: 3, ours: 1 },
    { name: 'of a lower number, while we are on a fork of our own', lost: 5, won: 3, ours: 1 },
    { name: 'on a long fork', lost: 300, won: 300, ours: 1 },
  ];
  it.each(cases)('$name: is followed to where its chain leads', ({ lost, won, ours }) => {
    const world = new EthWorld();
    const node = world.node('node', { chain: new FakeChain().importAll(trunk).importAll(branch(ours, 1, 100n)) });
    const losers = branch(lost, 2, 100n);
    const winners = branch(won, 3, 200n);
    const peer = new FakeChain().importAll(trunk).importAll(losers).importAll(winners);
    const claim = losers.at(-1)?.hash ?? GENESIS.hash;
    const stale: Tamper = (message) => {
      if (message.code !== EthCode.status) return message;
      const told = { ...status.decode(message.payload), headHash: claim };
      return { ...message, payload: status.encode({ ...told, totalDifficulty: peer.totalDifficulty(claim) ?? 0n }) };
    };
    world.connect(node, world.node('peer', { chain: peer, tamper: stale }));
    world.run(8000);
    expect(node.chain.head().hash).toBe(winners.at(-1)?.hash);
    expect(node.faultCodes()).toEqual([]);
  });
});

describe('a block that a peer passes on before it has executed it', () => {
  it('is asked for again', () => {
    const world = new EthWorld();
    const [a, b] = chainOf(trunk.at(-1) ?? GENESIS, 2);
    if (a === undefined || b === undefined) throw new Error('there are two');
    const node = world.node('node', { chain: new FakeChain().importAll(trunk) });
    const peer = world.node('peer', { chain: new FakeChain().importAll(trunk) });
    const [conn] = world.connect(node, peer);
    world.run(100);
    // The peer has its parent, which the node has not heard of.
    peer.chain.importAll([a]);
    const message = newBlock.encode({ block: b, totalDifficulty: peer.chain.head().totalDifficulty + 100n });
    world.deliver(node, conn, EthCode.newBlock, message);
    world.run(200);
    peer.chain.importAll([b]);
    world.run(30_000);
    expect(node.chain.head().hash).toBe(b.hash);
  });
});

describe('a peer that leaves when its chain has moved', () => {
  it.each([
    { name: 'between two answers', ours: 1, others: 490, movedMs: 77, leftMs: 15 },
    { name: 'a little later', ours: 1, others: 151, movedMs: 75, leftMs: 30 },
  ])('$name: is asked for nothing any more', ({ ours, others, movedMs, leftMs }) => {
    const world = new EthWorld();
    const node = world.node('node', { chain: new FakeChain().importAll(chainOf(GENESIS, ours)) });
    const long = chainOf(GENESIS, 700, () => ({ salt: 1 }));
    const peer = world.node('peer', { chain: new FakeChain().importAll(long) });
    const [conn] = world.connect(node, peer);
    world.connect(node, world.node('other', { chain: new FakeChain().importAll(long.slice(0, others)) }));
    world.run(movedMs);
    peer.chain.importAll(chainOf(GENESIS, 600, () => ({ salt: 2, difficulty: 200n })));
    world.run(leftMs);
    world.cut(node, conn);
    const before = node.sentCodes(conn).length;
    world.run(100);
    expect(node.sentCodes(conn)).toHaveLength(before);
  });
});
