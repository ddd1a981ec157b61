import { beforeAll, describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../../src/base/brand.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { localStatus } from '../../../../src/net/eth/handshake.js';
import { bodyRawOf } from '../../../../src/types/block.js';
import { decodeHeader } from '../../../../src/types/header.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import {
  type GetBlockHeaders,
  getBlockHeaders,
  type HeaderOrigin,
} from '../../../../src/wire/eth/get-block-headers.js';
import { getNodeData } from '../../../../src/wire/eth/get-node-data.js';
import { getPooledTransactions } from '../../../../src/wire/eth/get-pooled-transactions.js';
import { getReceipts } from '../../../../src/wire/eth/get-receipts.js';
import { pooledTransactions } from '../../../../src/wire/eth/pooled-transactions.js';
import { EthCode, type EthVersion, MAX_ETH_MESSAGE_BYTES } from '../../../../src/wire/eth/protocol.js';
import { receipts } from '../../../../src/wire/eth/receipts.js';
import { status } from '../../../../src/wire/eth/status.js';
import { chainOf, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld } from '../../../support/eth-world.js';

beforeAll(initKeccak);

const MAIN = chainOf(GENESIS, 40, (i) => ({ transactions: [transfer(i)] }));
const SIDE = chainOf(MAIN[9] ?? GENESIS, 5, () => ({ salt: 1 }));
const hashAt = (number: number): Hash32 => (number === 0 ? GENESIS : MAIN[number - 1])?.hash ?? GENESIS.hash;
const sideHash = (i: number): Hash32 => SIDE[i]?.hash ?? GENESIS.hash;

/** A node with a chain of 40 blocks and a side chain, and a connection that the test speaks on. */
function setUp(chain = new FakeChain().importAll([...MAIN, ...SIDE]), version: EthVersion = 68) {
  const world = new EthWorld();
  const node = world.node('node', { chain });
  const conn = world.dangling(node, { version });
  world.deliver(node, conn, EthCode.status, status.encode(localStatus(chain, version)));
  node.sent.length = 0;
  return { world, node, conn, ask: (code: number, payload: Uint8Array) => world.deliver(node, conn, code, payload) };
}

describe('a reply', () => {
  const sized = (...sizes: readonly number[]) =>
    chainOf(GENESIS, sizes.length, (i) => ({ transactions: [transfer(i, { size: sizes[i] ?? 0 })] }));
  const MIB = 1024 * 1024;
  it.each([
    { name: 'one that would pass it is left for the next reply', sizes: [MIB, 9.5 * MIB, 10], served: [0] },
    { name: 'one that no message can hold is left out', sizes: [11 * MIB, 10], served: [1] },
    { name: 'one that just fits is served', sizes: [10 * MIB - 1000], served: [0] },
  ])('of bodies never passes the limit of a message: $name', ({ sizes, served }) => {
    const blocks = sized(...sizes);
    const { node, ask } = setUp(new FakeChain().importAll(blocks));
    ask(
      EthCode.getBlockBodies,
      getBlockBodies.encode({ requestId: 2n ** 64n - 1n, hashes: blocks.map(({ hash }) => hash) }),
    );
    const [reply] = node.sent;
    expect(reply?.payload.length).toBeLessThanOrEqual(MAX_ETH_MESSAGE_BYTES);
    const { items } = blockBodies.decode(reply?.payload ?? new Uint8Array());
    expect(items.map(({ length }) => length)).toEqual(
      served.map((i) => (blocks[i] === undefined ? 0 : bodyRawOf(blocks[i]).length)),
    );
  });
});

describe('serving headers', () => {
  const byNumber = (number: number): HeaderOrigin => ({ kind: 'number', number });
  const byHash = (hash: Hash32): HeaderOrigin => ({ kind: 'hash', hash });
  const q = (origin: HeaderOrigin, amount: number, skip = 0, reverse = false): Omit<GetBlockHeaders, 'requestId'> => ({
    origin,
    amount,
    skip,
    reverse,
  });
  const mains = (...numbers: number[]): Hash32[] => numbers.map(hashAt);
  const cases: { name: string; query: Omit<GetBlockHeaders, 'requestId'>; want: Hash32[] }[] = [
    { name: 'a run by number', query: q(byNumber(3), 3), want: mains(3, 4, 5) },
    { name: 'the genesis block', query: q(byNumber(0), 1), want: mains(0) },
    { name: 'a run that ends at the head', query: q(byNumber(39), 5), want: mains(39, 40) },
    { name: 'nothing beyond the head', query: q(byNumber(41), 5), want: [] },
    { name: 'a run with gaps', query: q(byNumber(2), 4, 4), want: mains(2, 7, 12, 17) },
    { name: 'a run back', query: q(byNumber(5), 3, 0, true), want: mains(5, 4, 3) },
    { name: 'a run back that ends at the genesis block', query: q(byNumber(2), 10, 0, true), want: mains(2, 1, 0) },
    { name: 'a run back with gaps', query: q(byNumber(20), 3, 6, true), want: mains(20, 13, 6) },
    { name: 'from a hash', query: q(byHash(hashAt(7)), 2), want: mains(7, 8) },
    { name: 'from a hash back', query: q(byHash(hashAt(7)), 2, 1, true), want: mains(7, 5) },
    { name: 'from an unknown hash', query: q(byHash(`0x${'77'.repeat(32)}` as Hash32), 2), want: [] },
    { name: 'a side block alone', query: q(byHash(sideHash(2)), 3), want: [sideHash(2)] },
    {
      name: 'from a side block back onto the canonical chain',
      query: q(byHash(sideHash(1)), 4, 0, true),
      want: [sideHash(1), sideHash(0), hashAt(10), hashAt(9)],
    },
    { name: 'none', query: q(byNumber(1), 0), want: [] },
    { name: 'a skip beyond any chain', query: q(byNumber(1), 5, Number.MAX_SAFE_INTEGER - 1), want: mains(1) },
    { name: 'a number beyond any chain', query: q(byNumber(Number.MAX_SAFE_INTEGER), 5), want: [] },
  ];
  for (const { name, query, want } of cases) {
    it(name, () => {
      const { node, ask } = setUp();
      ask(getBlockHeaders.code, getBlockHeaders.encode({ requestId: 77n, ...query }));
      expect(node.sentCodes()).toEqual([EthCode.blockHeaders]);
      const reply = blockHeaders.decode(node.sent[0]?.payload ?? new Uint8Array());
      expect(reply.requestId).toBe(77n);
      expect(reply.items.map((item) => decodeHeader(item).hash)).toEqual(want);
    });
  }

  it('at most 1024', () => {
    const chain = new FakeChain().importAll(chainOf(GENESIS, 1100));
    const { node, ask } = setUp(chain);
    ask(getBlockHeaders.code, getBlockHeaders.encode({ requestId: 1n, ...q(byNumber(1), 5000) }));
    expect(blockHeaders.decode(node.sent[0]?.payload ?? new Uint8Array()).items).toHaveLength(1024);
  });

  it('stops a walk along a side chain after 2048 reads', () => {
    const chain = new FakeChain().importAll(chainOf(GENESIS, 2200));
    chain.importAll(chainOf(GENESIS, 2150, () => ({ salt: 1 })));
    const tip = chainOf(GENESIS, 2150, () => ({ salt: 1 }))[2149]?.hash ?? GENESIS.hash;
    let reads = 0;
    const byHashOriginal = chain.headerByHash.bind(chain);
    chain.headerByHash = (hash) => {
      reads++;
      return byHashOriginal(hash);
    };
    const { ask } = setUp(chain);
    ask(getBlockHeaders.code, getBlockHeaders.encode({ requestId: 1n, ...q(byHash(tip), 3, 5000, true) }));
    expect(reads).toBeLessThanOrEqual(2049);
  });
});

describe('serving by hash', () => {
  const unknown = `0x${'99'.repeat(32)}` as Hash32;

  it('bodies: as stored, in the order asked, without those that are not here', () => {
    const { node, ask } = setUp();
    const hashes = [hashAt(5), unknown, hashAt(2)];
    ask(getBlockBodies.code, getBlockBodies.encode({ requestId: 5n, hashes }));
    const { requestId, items } = blockBodies.decode(node.sent[0]?.payload ?? new Uint8Array());
    expect(requestId).toBe(5n);
    expect(items).toEqual([node.chain.bodyRaw(hashAt(5)), node.chain.bodyRaw(hashAt(2))]);
  });

  it('receipts, likewise', () => {
    const { node, ask } = setUp();
    ask(getReceipts.code, getReceipts.encode({ requestId: 6n, hashes: [unknown, hashAt(3)] }));
    expect(receipts.decode(node.sent[0]?.payload ?? new Uint8Array()).items).toEqual([Uint8Array.of(0xc0)]);
  });

  it('pooled transactions, typed ones as byte strings', () => {
    const { node, ask } = setUp();
    const pooled = [transfer(1), transfer(2, { type: 2 })];
    for (const transaction of pooled) node.pool.all.set(transaction.hash, transaction);
    const hashes = [unknown, ...pooled.map(({ hash }) => hash)];
    ask(getPooledTransactions.code, getPooledTransactions.encode({ requestId: 7n, hashes }));
    const reply = pooledTransactions.decode(node.sent[0]?.payload ?? new Uint8Array());
    expect(reply.transactions).toEqual(pooled.map(({ raw }) => raw));
  });

  it('answers with nothing rather than not at all', () => {
    const { node, ask } = setUp();
    ask(getBlockBodies.code, getBlockBodies.encode({ requestId: 5n, hashes: [unknown] }));
    expect(blockBodies.decode(node.sent[0]?.payload ?? new Uint8Array()).items).toEqual([]);
  });

  it('trie nodes: none, and only in eth/66', () => {
    const { node, ask } = setUp(new FakeChain(), 66);
    ask(getNodeData.code, getNodeData.encode({ requestId: 9n, hashes: [unknown] }));
    expect(node.sentCodes()).toEqual([EthCode.nodeData]);
  });

  it('stops a reply near 2 MiB', () => {
    const big = chainOf(GENESIS, 10, (i) => ({ transactions: [transfer(i, { size: 500_000 })] }));
    const { node, ask } = setUp(new FakeChain().importAll(big));
    ask(getBlockBodies.code, getBlockBodies.encode({ requestId: 5n, hashes: big.map(({ hash }) => hash) }));
    expect(blockBodies.decode(node.sent[0]?.payload ?? new Uint8Array()).items).toHaveLength(5);
  });
});

describe('serving within bounds', () => {
  const request = (id: number): Uint8Array =>
    getBlockBodies.encode({ requestId: BigInt(id), hashes: MAIN.map(({ hash }) => hash) });

  it('answers in the order asked, and waits for a peer that does not read', () => {
    const { node, conn, ask } = setUp();
    ask(getBlockBodies.code, request(1));
    node.stuck.add(conn);
    ask(getBlockBodies.code, request(2));
    ask(getBlockBodies.code, request(3));
    ask(getBlockBodies.code, request(4));
    expect(node.sent).toHaveLength(1);
    expect(node.paused.get(conn)).toBeUndefined();
    ask(getBlockBodies.code, request(5));
    expect(node.paused.get(conn)).toBe(true);
    node.stuck.delete(conn);
    node.service.onPeerWritable(0, conn);
    expect(node.sent.map(({ payload }) => Number(blockBodies.decode(payload).requestId))).toEqual([1, 2, 3, 4, 5]);
    expect(node.paused.get(conn)).toBe(false);
  });

  it('queues 64 requests of a peer at most, and calls more a flood', () => {
    const { node, conn, ask } = setUp();
    node.stuck.add(conn);
    for (let i = 0; i < 70; i++) ask(getBlockBodies.code, request(i));
    expect(node.faultCodes()).toEqual(Array.from({ length: 6 }, () => 'request-flood'));
    node.stuck.delete(conn);
    node.service.onPeerWritable(0, conn);
    expect(node.sent).toHaveLength(64);
  });

  it('serves 16 MiB at once and then 2 MiB a second', () => {
    const big = chainOf(GENESIS, 4, (i) => ({ transactions: [transfer(i, { size: 500_000 })] }));
    const { world, node, ask } = setUp(new FakeChain().importAll(big));
    const payload = getBlockBodies.encode({ requestId: 1n, hashes: big.map(({ hash }) => hash) });
    const startMs = world.nowMs;
    for (let i = 0; i < 14; i++) ask(getBlockBodies.code, payload);
    world.run(60_000, () => node.sent.length === 14);
    const bytes = node.sent.reduce((sum, message) => sum + message.payload.length, 0);
    expect(node.sent).toHaveLength(14);
    const seconds = (world.nowMs - startMs) / 1000;
    // The last reply may overdraw the account, so it is not part of the sum that had to be earned.
    expect(bytes * (13 / 14)).toBeLessThanOrEqual(16 * 2 ** 20 + seconds * 2 * 2 ** 20);
    expect(seconds).toBeGreaterThan(4);
    expect(seconds).toBeLessThan(7);
  });

  it('sends no more than a mebibyte and what completes it in one step, however many requests came together', () => {
    const big = chainOf(GENESIS, 4, (i) => ({ transactions: [transfer(i, { size: 500_000 })] }));
    const { world, node, ask } = setUp(new FakeChain().importAll(big));
    const payload = getBlockBodies.encode({ requestId: 1n, hashes: big.map(({ hash }) => hash) });
    for (let i = 0; i < 8; i++) ask(getBlockBodies.code, payload);
    expect(node.sent).toHaveLength(1);
    world.run(20);
    expect(node.sent).toHaveLength(8);
  });

  it('pays for reads that find nothing', () => {
    const { world, node, ask } = setUp();
    const hashes = Array.from({ length: 2048 }, () => `0x${'99'.repeat(32)}` as Hash32);
    for (let i = 0; i < 12; i++) ask(getReceipts.code, getReceipts.encode({ requestId: 1n, hashes }));
    expect(node.sent.length).toBeLessThanOrEqual(9);
    const ms = world.run(60_000, () => node.sent.length === 12);
    expect(ms).toBeGreaterThan(1000);
  });
});
