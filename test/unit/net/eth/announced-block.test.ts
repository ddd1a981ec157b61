import { describe, expect, it } from 'vitest';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { type Block, sealedHeaderOf } from '../../../../src/types/block.js';
import type { Transaction } from '../../../../src/types/transaction.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { newBlockHashes } from '../../../../src/wire/eth/new-block-hashes.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { BAD_SEAL, BAD_STATE, chainOf, childBlock, FakeChain, transfer } from '../../../support/eth-chain.js';
import { EthWorld } from '../../../support/eth-world.js';
import { at, gossipingNode, next, TIP, TRUNK } from '../../../support/gossiping-node.js';

describe('an announced block', () => {
  const full = next({ transactions: [transfer(1)] });

  it('is fetched, header and body in one flight, then announced', () => {
    const { world, node, a, b, announce, sentOf, answerHeader, answerBody } = gossipingNode(2);
    announce(a, at(full));
    world.run(1);
    expect(node.sent.map(({ conn, code }) => [conn, code])).toEqual([
      [a, EthCode.getBlockHeaders],
      [a, EthCode.getBlockBodies],
    ]);
    answerHeader(a, full);
    answerBody(a, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
    expect(sentOf(EthCode.newBlockHashes).map(({ conn }) => conn)).toEqual([b]);
    expect(node.faults).toEqual([]);
  });

  it('needs no body if its header says that it is empty', () => {
    const { world, node, a, announce, answerHeader } = gossipingNode(1);
    announce(a, at(next()));
    world.run(100);
    answerHeader(a, next());
    world.run(10);
    expect(node.chain.head().hash).toBe(next().hash);
  });

  it('is asked for header first if it is not the next one, or if the peer owes such a body already', () => {
    const { world, a, b, announce, sentOf } = gossipingNode(2);
    announce(a, ...[1, 2, 3].map((salt) => at(next({ salt, transactions: [transfer(salt)] }))));
    announce(b, { hash: childBlock(sealedHeaderOf(full)).hash, number: 22 });
    world.run(10);
    expect(sentOf(EthCode.getBlockHeaders).map(({ conn }) => conn)).toEqual([a, a, a, b]);
    expect(sentOf(EthCode.getBlockBodies).map(({ conn }) => conn)).toEqual([a]);
  });

  it('needs its header: a body that comes before is not kept, and asked for again', () => {
    const { world, node, a, announce, sentOf, answerHeader, answerBody } = gossipingNode(1);
    announce(a, at(full));
    world.run(1);
    answerBody(a, full);
    answerHeader(a, full);
    expect(sentOf(EthCode.getBlockBodies)).toHaveLength(2);
    answerBody(a, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
    expect(node.faults).toEqual([]);
  });

  it('is asked of the nearest of the others, one after the other', () => {
    const { world, node, conns, announce, sentOf } = gossipingNode(5);
    for (const [i, conn] of conns.entries()) node.rtts.set(conn, 100 - i);
    for (const conn of conns.slice(0, 4)) announce(conn, at(full));
    world.run(1_200);
    const asked = (): number[] => sentOf(EthCode.getBlockHeaders).map(({ conn }) => conn);
    expect(asked()).toEqual([conns[3], conns[2], conns[1]]);
    world.run(900);
    expect(asked()).toHaveLength(4);
    // Nobody is left, and all are late: a further one is asked as soon as it tells of it.
    announce(conns[4] as number, at(full));
    world.run(1);
    expect(asked().at(-1)).toBe(conns[4]);
  });

  it('is asked of whoever told of it, however many did so before and keep it back', () => {
    const { world, node, conns, announce, answerHeader } = gossipingNode(21);
    for (const conn of conns) announce(conn, at(next()));
    world.run(11_000);
    answerHeader(conns.at(-1) as number, next());
    world.run(10);
    expect(node.chain.head().hash).toBe(next().hash);
  });

  it('is asked of the next announcer 500 ms after one that does not answer', () => {
    const { world, node, a, b, announce, sentOf, answerHeader, answerBody } = gossipingNode(2);
    announce(a, at(full));
    announce(b, at(full));
    world.run(600);
    expect(sentOf(EthCode.getBlockHeaders).map(({ conn }) => conn)).toEqual([a, b]);
    answerHeader(b, full);
    answerBody(b, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
  });

  it('is not asked for if it comes by itself', () => {
    const { world, node, a, b, announce, push } = gossipingNode(2);
    announce(a, at(full));
    push(b, full);
    world.run(1000);
    expect(node.sentCodes()).toEqual([]);
  });

  it('leaves each next announcer twice as much time for the body before another is asked', () => {
    const { world, node, conns, announce, sentOf, answerHeader } = gossipingNode(5);
    for (const [i, conn] of conns.entries()) node.rtts.set(conn, i);
    for (const conn of conns) announce(conn, at(full));
    world.run(1);
    const asked = (): number => sentOf(EthCode.getBlockBodies).length;
    const counts: number[] = [];
    answerHeader(conns[0] as number, full);
    for (const ms of [498, 2, 990, 20]) {
      world.run(ms);
      counts.push(asked());
    }
    expect(counts).toEqual([1, 2, 2, 3]);
  });

  it('is asked of one that proved to have it 500 ms later, when whoever owes the body keeps silent', () => {
    const { world, node, a, b, announce, sentOf, answerHeader, answerBody } = gossipingNode(2);
    announce(b, at(next({ salt: 9, transactions: [transfer(9)] })));
    world.run(1);
    for (const conn of [a, b]) announce(conn, at(full));
    node.rtts.set(a, 1);
    world.run(1_100);
    expect(sentOf(EthCode.getBlockHeaders).map(({ conn }) => conn)).toEqual([b, a, b]);
    answerHeader(b, full);
    world.run(510);
    answerBody(b, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
  });

  it("is nobody else's fault if the first who told of it had its number wrong", () => {
    const { world, node, a, b, announce, answerHeader, answerBody } = gossipingNode(2);
    announce(a, { ...at(full), number: full.header.number - 1 });
    announce(b, at(full));
    world.run(1);
    answerHeader(a);
    world.run(1);
    answerHeader(b, full);
    answerBody(b, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
    expect(node.faults.map(({ conn, fault }) => [conn, fault.code])).toEqual([
      [a, 'withheld-data'],
      [a, 'misnumbered-block'],
    ]);
  });

  it('is not taken if it turns out to be of long ago', () => {
    const { world, node, a, announce, sentOf, answerHeader } = gossipingNode(1);
    const old = childBlock(sealedHeaderOf(TRUNK[4] as Block), { transactions: [transfer(1)] });
    announce(a, { hash: old.hash, number: 22 });
    world.run(1);
    answerHeader(a, old);
    world.run(10);
    expect([sentOf(EthCode.getBlockBodies).length, node.chain.hasBlock(old.hash)]).toEqual([0, false]);
    expect(node.faultCodes()).toEqual(['misnumbered-block']);
  });

  it('is paid for in bytes of gossip if its body comes without a header', () => {
    const { world, node, a, announce, sentOf } = gossipingNode(1);
    for (let salt = 0; salt < 3; salt++) {
      announce(a, at(next({ salt, transactions: [transfer(1)] })));
      world.run(1);
      const { requestId } = getBlockBodies.decode(sentOf(EthCode.getBlockBodies).at(-1)?.payload ?? new Uint8Array());
      const items = [encodeRlp(new Uint8Array(6 * 1024 * 1024))];
      world.deliver(node, a, EthCode.blockBodies, blockBodies.encode({ requestId, items }));
    }
    expect(node.paused.get(a)).toBe(true);
  });

  /** Its second transaction does not decode. */
  const [first] = full.transactions as [Transaction];
  const costly = { ...full, transactions: [first, { ...first, raw: Uint8Array.of(0xc0) }] };
  const wrong: { name: string; header?: Block[]; body?: Block[]; fault: string }[] = [
    { name: 'no header', header: [], fault: 'withheld-data' },
    { name: 'another header', header: [next({ salt: 7 })], fault: 'reply-mismatch' },
    { name: 'no body', body: [], fault: 'withheld-data' },
    { name: 'more transactions than its gas can pay for', body: [costly], fault: 'reply-mismatch' },
    { name: 'another body', body: [next({ transactions: [transfer(8)] })], fault: 'reply-mismatch' },
  ];
  for (const { name, header, body, fault } of wrong) {
    it(`is fetched from the other announcer after ${name}`, () => {
      const { world, node, a, b, announce, answerHeader, answerBody } = gossipingNode(2);
      announce(a, at(full));
      announce(b, at(full));
      world.run(100);
      answerHeader(a, ...(header ?? [full]));
      if (header === undefined) answerBody(a, ...(body ?? [full]));
      else answerHeader(b, full);
      answerBody(b, full);
      world.run(10);
      expect(node.chain.head().hash).toBe(full.hash);
      expect(node.faults.map(({ conn, fault: f }) => [conn, f.code])).toEqual([[a, fault]]);
    });
  }

  it('is a fault of its announcer if it is without work; if it was refused before, we are on different chains', () => {
    const { world, node, a, b, announce, answerHeader, push } = gossipingNode(2);
    announce(a, at(next({ mixHash: BAD_SEAL })));
    world.run(100);
    answerHeader(a, next({ mixHash: BAD_SEAL }));
    push(b, next({ stateRoot: BAD_STATE }));
    world.run(10);
    announce(a, at(next({ stateRoot: BAD_STATE })));
    expect(node.faultCodes()).toEqual(['invalid-seal', 'relayed-invalid-block', 'incompatible-block']);
  });

  it('is remembered for 256 blocks of a peer', () => {
    const { world, node, a, announce, sentOf } = gossipingNode(1);
    const many = Array.from({ length: 300 }, (_, i) => at(next({ salt: i % 250, difficulty: BigInt(100 + i) })));
    announce(a, ...many);
    let asked = 0;
    for (let i = 0; i < 40; i++) {
      world.run(6000);
      asked = sentOf(EthCode.getBlockHeaders).length;
    }
    expect(asked).toBeLessThanOrEqual(256);
    expect(node.service.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('starts a sync from its announcer if it is far ahead', () => {
    const world = new EthWorld();
    const far = chainOf(TIP, 50);
    const source = world.node('source', { chain: new FakeChain().importAll(TRUNK) });
    const node = world.node('node', { chain: new FakeChain().importAll(TRUNK) });
    const [, toNode] = world.connect(node, source);
    world.run(100);
    source.chain.importAll(far);
    const announced = newBlockHashes.encode([at(far[49] as Block)]);
    source.sent.length = 0;
    world.carry(source, { atMs: world.nowMs, conn: toNode, code: EthCode.newBlockHashes, payload: announced });
    world.run(5000);
    expect(node.chain.head().hash).toBe(far[49]?.hash);
    expect(node.faults).toEqual([]);
  });
});
