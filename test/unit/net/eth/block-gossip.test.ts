import { beforeAll, describe, expect, it } from 'vitest';
import { encodeRlp, encodeRlpList } from '../../../../src/codec/rlp-writer.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { type Block, makeBlock, sealedHeaderOf } from '../../../../src/types/block.js';
import { type SealedHeader, sealHeader } from '../../../../src/types/header.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { newBlock } from '../../../../src/wire/eth/new-block.js';
import { newBlockHashes } from '../../../../src/wire/eth/new-block-hashes.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { BAD_SEAL, BAD_STATE, chainOf, childBlock, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld, START_MS, type WorldNode } from '../../../support/eth-world.js';
import { at, gossipingNode, next, TIP, TRUNK } from '../../../support/gossiping-node.js';
import { seededRandom } from '../../../support/seeded-random.js';

beforeAll(initKeccak);

describe('a pushed block', () => {
  it('goes on whole to ceil(sqrt(n)) peers before import, and by hash to the others after it', () => {
    const { world, node, conns, a, push, sentOf } = gossipingNode(10, { importMs: 100 });
    const block = next();
    push(a, block);
    expect(node.chain.hasBlock(block.hash)).toBe(false);
    const whole = sentOf(EthCode.newBlock);
    expect(whole).toHaveLength(4);
    expect(sentOf(EthCode.newBlockHashes)).toHaveLength(0);
    const [forwarded] = whole.map(({ payload }) => newBlock.decode(payload));
    expect(forwarded?.block.hash).toBe(block.hash);
    expect(forwarded?.totalDifficulty).toBe(2200n);
    world.run(100);
    expect(node.chain.head().hash).toBe(block.hash);
    const told = [...whole, ...sentOf(EthCode.newBlockHashes)].map(({ conn }) => conn);
    expect(told.sort((x, y) => x - y)).toEqual(conns.slice(1));
    expect(node.merits).toEqual([{ conn: a, merit: { kind: 'first-block' } }]);
  });

  describe('that is large', () => {
    /** Some 150 kB: copies leave 60 ms apart. */
    const size = { transactions: Array.from({ length: 38 }, (_, i) => transfer(i, { size: 4_000 })) };
    const large = next(size);
    const connsOf = (sent: readonly { readonly conn: number }[]): number[] => sent.map(({ conn }) => conn);

    it('leaves for the nearest and then for the farthest of those that would be sent a small one', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(10);
      for (const [i, conn] of conns.entries()) node.rtts.set(conn, 300 - i);
      push(a, large);
      expect(sentOf(EthCode.newBlock)).toHaveLength(1);
      world.run(500);
      const copies = connsOf(sentOf(EthCode.newBlock));
      expect(copies).toHaveLength(3);
      const rtts = copies.map((conn) => node.rtts.get(conn) as number);
      expect(rtts).toEqual([...rtts].sort((x, y) => x - y));
      const all = [...copies, ...connsOf(sentOf(EthCode.newBlockHashes))];
      expect(all.sort((x, y) => x - y)).toEqual(conns.slice(1));
      expect(node.faults).toEqual([]);
    });

    /** Of nine peers that may be the only one far away, how many get a copy when so many others have the block. */
    const farOnesServed = (having: number): number =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((place) => {
        const { world, node, conns, a, announce, push, sentOf } = gossipingNode(10);
        for (const [i, conn] of conns.entries()) node.rtts.set(conn, i === place ? 400 : 50);
        for (const conn of conns.filter((conn, i) => i !== place && conn !== a).slice(0, having))
          announce(conn, at(large));
        push(a, large);
        world.run(500);
        const copies = connsOf(sentOf(EthCode.newBlock));
        return copies.includes(conns[place] ?? -1);
      }).length;

    it('goes on to one peer far away in any case while it is young, and to no other beyond its share', () => {
      expect(farOnesServed(0)).toBe(9);
      expect(farOnesServed(1)).toBe(9);
      expect(farOnesServed(3)).toBeLessThan(6);
    });

    it('is announced to all, whole to none, if no message can hold it', () => {
      const { world, node, conns, sentOf } = gossipingNode(10);
      node.mine(next({ transactions: [transfer(0, { size: 11 * 1024 * 1024 })] }));
      world.run(60_000);
      expect(sentOf(EthCode.newBlock)).toEqual([]);
      expect(connsOf(sentOf(EthCode.newBlockHashes)).sort((x, y) => x - y)).toEqual(conns);
    });

    it('is not sent to who heard of it meanwhile, or is gone', () => {
      const { world, node, conns, a, push, announce, sentOf } = gossipingNode(10);
      push(a, large);
      const first = connsOf(sentOf(EthCode.newBlock));
      for (const conn of conns.slice(1, 6)) announce(conn, at(large));
      for (const conn of conns.slice(6)) if (!first.includes(conn)) world.cut(node, conn);
      world.run(1_000);
      expect(connsOf(sentOf(EthCode.newBlock))).toEqual(first);
    });

    it.each([
      { aware: 1, copies: 3 },
      { aware: 2, copies: 2 },
      { aware: 3, copies: 1 },
      { aware: 4, copies: 0 },
      { aware: 20, copies: 0 },
    ])('leaves $copies times unasked if $aware peers are known to have it', ({ aware, copies }) => {
      const { world, conns, a, push, announce, sentOf } = gossipingNode(30);
      for (const conn of conns.slice(1, aware)) announce(conn, at(large));
      push(a, large);
      world.run(500);
      expect(sentOf(EthCode.newBlock)).toHaveLength(copies);
    });

    /** Who is told of the block in the end. */
    const toldOf = (sentOf: (code: number) => readonly { readonly conn: number }[]): number[] =>
      [...connsOf(sentOf(EthCode.newBlock)), ...connsOf(sentOf(EthCode.newBlockHashes))].sort((x, y) => x - y);

    it('is offered to as many as keep the line busy, to more when those do not ask, and to all in the end', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(60);
      for (const conn of conns) node.rtts.set(conn, 100);
      push(a, large);
      world.run(1);
      // 60 ms for the copy that leaves, and at most so many more in 500 ms.
      expect(sentOf(EthCode.newBlockHashes).length).toBeGreaterThanOrEqual(7);
      const first = sentOf(EthCode.newBlockHashes).length;
      expect(first).toBeLessThanOrEqual(9);
      // The three copies leave, and a round trip and 20 ms after each announcement it is over.
      world.run(330);
      const second = sentOf(EthCode.newBlockHashes).length - first;
      expect(second).toBeGreaterThan(first);
      world.run(2_000);
      expect(toldOf(sentOf)).toEqual(conns.slice(1));
    });

    it('is offered to more at once if many have it already, but to 32 at most', () => {
      const offered = (aware: number): number => {
        const { world, node, conns, a, push, announce, sentOf } = gossipingNode(200);
        for (const conn of conns) node.rtts.set(conn, 100);
        for (const conn of conns.slice(1, aware)) announce(conn, at(large));
        push(a, large);
        world.run(1);
        return sentOf(EthCode.newBlockHashes).length;
      };
      expect(offered(100)).toBeGreaterThan(2 * offered(1));
      expect(offered(100)).toBeLessThanOrEqual(32);
      expect(offered(160)).toBe(32);
    });

    it('is offered to fewer at a time if it is larger, but to two', () => {
      const { world, a, push, sentOf } = gossipingNode(30);
      push(a, next({ transactions: Array.from({ length: 300 }, (_, i) => transfer(i, { size: 4_000 })) }));
      world.run(1);
      // One copy leaves, one more is on offer.
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(2);
    });

    it('is offered to the next soon, however far away those seem who do not ask', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(30);
      for (const conn of conns) node.rtts.set(conn, 600_000);
      push(a, large);
      world.run(700);
      expect(sentOf(EthCode.newBlockHashes).length).toBeGreaterThan(8);
    });

    it('does not wait for who asks for it again and again, before and after there is a body to send', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(30, { importMs: 30 });
      const asking = conns.at(-1) as number;
      const ask = (): void => {
        for (let i = 0; i < 50; i++) {
          const hashes = [large.hash];
          world.deliver(node, asking, EthCode.getBlockBodies, getBlockBodies.encode({ requestId: BigInt(i), hashes }));
        }
      };
      push(a, large);
      ask();
      world.run(40);
      ask();
      world.run(160);
      expect(sentOf(EthCode.newBlock).length).toBe(3);
    });

    it('goes to nobody else once its execution has failed', () => {
      const { world, node, a, push, sentOf } = gossipingNode(10);
      push(a, next({ ...size, stateRoot: BAD_STATE }));
      world.run(1_000);
      expect(node.faultCodes()).toEqual(['relayed-invalid-block']);
      expect([sentOf(EthCode.newBlock).length, sentOf(EthCode.newBlockHashes).length]).toEqual([1, 0]);
      expect(node.service.nextWake()).toBe(Number.POSITIVE_INFINITY);
    });

    it('is offered to the next when a copy that was asked for has left', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(30);
      for (const conn of conns) node.rtts.set(conn, 1_000);
      push(a, large);
      world.run(190);
      // The three copies have left.
      const offered = connsOf(sentOf(EthCode.newBlockHashes));
      for (const [i, conn] of offered.entries()) {
        const ask = getBlockBodies.encode({ requestId: BigInt(i), hashes: [large.hash] });
        world.deliver(node, conn, EthCode.getBlockBodies, ask);
      }
      const told = (): number => sentOf(EthCode.newBlockHashes).length - offered.length;
      world.run(1);
      expect(told()).toBe(0);
      world.run(60 * offered.length - 60);
      expect(told()).toBeGreaterThanOrEqual(offered.length - 3);
      expect(told()).toBeLessThanOrEqual(offered.length);
    });

    it('is announced to all that still wait for it when eight newer ones crowd it out', () => {
      const { world, node, conns, a, push, sentOf } = gossipingNode(40);
      for (const conn of conns) node.rtts.set(conn, 10_000);
      const toldOf = (hash: string): number[] => [
        ...connsOf(sentOf(EthCode.newBlock).filter(({ payload }) => newBlock.decode(payload).block.hash === hash)),
        ...connsOf(
          sentOf(EthCode.newBlockHashes).filter(({ payload }) => newBlockHashes.decode(payload)[0]?.hash === hash),
        ),
      ];
      const blocks = Array.from({ length: 9 }, (_, salt) => next({ ...size, salt }));
      for (const block of blocks.slice(0, 8)) push(a, block);
      world.run(1);
      const [oldest] = blocks as [Block];
      expect(toldOf(oldest.hash).length).toBeLessThan(12);
      push(a, blocks[8] as Block);
      expect(toldOf(oldest.hash).sort((x, y) => x - y)).toEqual(conns.slice(1));
    });
  });

  it('is taken and passed on once, from whomever', () => {
    const { world, a, b, push, node } = gossipingNode(2);
    push(a, next());
    push(b, next());
    world.run(10);
    push(a, next());
    expect(node.sentCodes()).toEqual([EthCode.newBlock]);
    expect(node.faults).toEqual([]);
  });

  const full = next({ transactions: [transfer(1)] });
  const bad: { name: string; block: () => Block; fault: string }[] = [
    { name: 'without work', block: () => next({ mixHash: BAD_SEAL }), fault: 'invalid-seal' },
    {
      name: 'without work or a known parent',
      block: () => childBlock(sealedHeaderOf(next({ salt: 3 })), { mixHash: BAD_SEAL }),
      fault: 'invalid-seal',
    },
    {
      name: 'with another body than its header names',
      block: () => makeBlock(sealedHeaderOf(full), { transactions: [transfer(2)], uncles: [] }),
      fault: 'invalid-body',
    },
    {
      name: 'with more transactions than its gas can pay for',
      block: () => makeBlock(sealedHeaderOf(full), { transactions: [transfer(1), transfer(2)], uncles: [] }),
      fault: 'relayed-invalid-block',
    },
    {
      name: 'from the future',
      block: () => next({ timestamp: START_MS / 1000 + 16 }),
      fault: 'distant-block',
    },
  ];
  for (const { name, block, fault } of bad) {
    it(`is neither passed on nor imported: ${name}`, () => {
      const { world, node, a, push } = gossipingNode(9);
      push(a, block());
      world.run(1000);
      expect(node.faults.map(({ conn, fault: f }) => [conn, f.code])).toEqual([[a, fault]]);
      expect(node.sent).toEqual([]);
      expect(node.queued).toEqual([]);
    });
  }

  it('may turn out invalid in execution without harm to its sender', () => {
    const { world, node, a, push, sentOf } = gossipingNode(4);
    push(a, next({ stateRoot: BAD_STATE }));
    world.run(10);
    expect(node.faultCodes()).toEqual(['relayed-invalid-block']);
    expect(sentOf(EthCode.newBlockHashes)).toEqual([]);
  });

  it('does not keep the good copy out when mutated ones came first', () => {
    const { world, node, a, b, push } = gossipingNode(2);
    push(a, makeBlock(sealedHeaderOf(full), { transactions: [transfer(2)], uncles: [] }));
    push(a, makeBlock(sealedHeaderOf(full), { transactions: [transfer(1), transfer(2)], uncles: [] }));
    push(b, full);
    world.run(10);
    expect(node.chain.head().hash).toBe(full.hash);
  });

  describe('with a body that costs much to decode', () => {
    /** Its items are no transactions: whoever decodes one throws. */
    const pushCostly = (node: ReturnType<typeof gossipingNode>, { raw }: { raw: Uint8Array }, count: number): void => {
      const body = [encodeRlp(Array.from({ length: count }, () => [])), encodeRlp([])];
      const payload = encodeRlpList([encodeRlpList([raw, ...body]), encodeRlp(5000n)]);
      node.world.deliver(node.node, node.a, EthCode.newBlock, payload);
    };

    const unread: { name: string; header: SealedHeader; faults: string[] }[] = [
      { name: 'our head', header: sealedHeaderOf(TIP), faults: [] },
      {
        name: 'a block of long ago',
        header: sealedHeaderOf(childBlock(sealedHeaderOf(TRUNK[10] as Block), { salt: 4 })),
        faults: [],
      },
      { name: 'a block without work', header: sealedHeaderOf(next({ mixHash: BAD_SEAL })), faults: ['invalid-seal'] },
      { name: 'an orphan', header: sealedHeaderOf(childBlock(sealedHeaderOf(next({ salt: 3 })))), faults: [] },
      { name: 'a block of less gas', header: sealedHeaderOf(full), faults: ['relayed-invalid-block'] },
    ];
    for (const { name, header, faults } of unread) {
      it(`is not decoded if it comes under the header of ${name}`, () => {
        const gossiping = gossipingNode(1);
        pushCostly(gossiping, header, 3_000);
        expect(gossiping.node.faultCodes()).toEqual(faults);
      });
    }

    it('is decoded if gas was used for it', () => {
      const gossiping = gossipingNode(1);
      pushCostly(gossiping, sealedHeaderOf(full), 1);
      expect(gossiping.node.faultCodes()).toEqual(['malformed-message']);
    });

    it('is not decoded if its header claims any gas while its parent is not here yet', () => {
      const gossiping = gossipingNode(1, { importMs: 50 });
      gossiping.push(gossiping.a, full);
      const { header } = sealedHeaderOf(childBlock(sealedHeaderOf(full)));
      pushCostly(gossiping, sealHeader({ ...header, gasLimit: 2n ** 63n, gasUsed: 2n ** 63n }), 3_000);
      expect(gossiping.node.faultCodes()).toEqual(['relayed-invalid-block']);
    });
  });

  it('credits its sender with the chain up to its parent', () => {
    const { node, a, push } = gossipingNode(1);
    push(a, next(), 5000n);
    expect(node.service.peerEthInfo(a)).toEqual({ version: 68, totalDifficulty: 4900n, headHash: TIP.hash });
  });

  it('of long ago is left alone', () => {
    const { world, node, a, push } = gossipingNode(2);
    push(a, childBlock(sealedHeaderOf(TRUNK[10] as Block), { salt: 4 }));
    world.run(1000);
    expect([node.sent, node.faults, node.queued]).toEqual([[], [], []]);
  });

  it('waits outside a full import queue: 64 blocks in all, 8 of a peer', () => {
    const { world, node, conns, push } = gossipingNode(10, { queue: 1, importMs: 10_000 });
    for (const [i, conn] of conns.entries()) {
      for (let j = 0; j < 12; j++) push(conn, next({ salt: 16 * i + j + 1 }));
    }
    world.run(2_000_000);
    // One is in the queue at once; of the first peer 8 more wait, then 8 of each until 64 wait.
    expect(node.chain.hasBlock(next({ salt: 9 }).hash)).toBe(true);
    expect(node.chain.hasBlock(next({ salt: 10 }).hash)).toBe(false);
    const imported = conns.flatMap((_, i) =>
      Array.from({ length: 12 }, (_unused, j) => node.chain.hasBlock(next({ salt: 16 * i + j + 1 }).hash)),
    );
    expect(imported.filter(Boolean)).toHaveLength(65);
  });

  it('may follow its parent into the import queue', () => {
    const { world, node, a, push } = gossipingNode(1, { importMs: 50 });
    const child = childBlock(sealedHeaderOf(next()));
    push(a, next());
    push(a, child, node.chain.head().totalDifficulty + 200n);
    world.run(200);
    expect(node.chain.head().hash).toBe(child.hash);
    expect(node.sentCodes()).toEqual([]);
  });
});

describe('blocks across a network', () => {
  /** Six nodes in a ring. */
  function ring(): { world: EthWorld; nodes: WorldNode[] } {
    const world = new EthWorld(30);
    const nodes = Array.from({ length: 6 }, (_, i) => world.node(`n${i}`, { importMs: 5 }));
    for (let i = 0; i < 6; i++) world.connect(nodes[i] as WorldNode, nodes[(i + 1) % 6] as WorldNode);
    world.run(200);
    return { world, nodes };
  }

  it('a mined block reaches every node', () => {
    const { world, nodes } = ring();
    const [block] = chainOf(GENESIS, 1, () => ({ transactions: [transfer(1)] })) as [Block];
    nodes[0]?.mine(block);
    world.run(5000);
    expect(nodes.map(({ chain }) => chain.head().hash)).toEqual(nodes.map(() => block.hash));
    expect(nodes.flatMap((node) => node.faultCodes())).toEqual([]);
  });

  it('two miners that race end on one chain', () => {
    const { world, nodes } = ring();
    for (let round = 0; round < 15; round++) {
      for (const i of round === 14 ? [0] : [0, 3]) {
        const miner = nodes[i] as WorldNode;
        miner.mine(
          childBlock(sealedHeaderOf(miner.chain.headBlock()), { salt: i, difficulty: BigInt(100 + (round % 2)) }),
        );
      }
      world.run(10);
    }
    world.run(10_000);
    const [head] = nodes.map(({ chain }) => chain.head().hash);
    expect(nodes.map(({ chain }) => chain.head().hash)).toEqual(nodes.map(() => head));
    expect(nodes.flatMap((node) => node.faultCodes())).toEqual([]);
  });

  it('nodes that race in any order end on the heaviest chain', () => {
    // In the last ones a block that was heard of loses against another before anybody asks for it.
    for (const seed of [...Array(12).keys(), 119, 390, 638]) {
      const random = seededRandom(seed);
      const world = new EthWorld(5 + random.below(60));
      const size = 3 + random.below(5);
      const nodes = Array.from({ length: size }, (_, i) => world.node(`n${i}`, { importMs: random.below(30) }));
      for (let i = 0; i < size; i++) world.connect(nodes[i] as WorldNode, nodes[(i + 1) % size] as WorldNode);
      world.run(500);
      for (let i = 0; i < 40; i++) {
        const miner = nodes[random.below(size)] as WorldNode;
        const difficulty = BigInt(100 + random.below(1000));
        miner.mine(childBlock(sealedHeaderOf(miner.chain.headBlock()), { salt: i, difficulty }));
        world.run(random.below(100));
      }
      const heaviest = nodes.map(({ chain }) => chain.head().totalDifficulty).sort((x, y) => Number(y - x))[0];
      world.run(20_000);
      const work = nodes.map(({ chain }) => chain.head().totalDifficulty);
      expect(work, `seed ${seed}`).toEqual(nodes.map(() => heaviest));
      expect(
        nodes.flatMap((node) => node.faultCodes()),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it('two nodes that mined apart agree once they meet and one mines on', () => {
    const world = new EthWorld();
    const a = world.node('a', { chain: new FakeChain().importAll(chainOf(GENESIS, 60, () => ({ salt: 1 }))) });
    const b = world.node('b', { chain: new FakeChain().importAll(chainOf(GENESIS, 60, () => ({ salt: 2 }))) });
    world.connect(a, b);
    world.run(5000);
    expect(a.chain.head().hash).not.toBe(b.chain.head().hash);
    b.mine(childBlock(sealedHeaderOf(b.chain.headBlock())));
    world.run(5000);
    expect(a.chain.head().hash).toBe(b.chain.head().hash);
  });

  it('a block that is mined while two nodes greet each other is told of to the other one', () => {
    for (const before of [1, 10, 19]) {
      const world = new EthWorld();
      const [a, b] = [world.node('a'), world.node('b')];
      world.connect(a, b);
      world.run(before);
      a.mine(childBlock(sealedHeaderOf(GENESIS)));
      world.run(1000);
      expect(b.chain.head().hash, `after ${before} ms`).toBe(a.chain.head().hash);
    }
  });

  it('a peer that does not read for a moment hears of the block of that moment', () => {
    const { world, node, a, b, sentOf } = gossipingNode(2);
    node.stuck.add(a);
    node.mine(next());
    world.run(100);
    const told = (): number[] =>
      [EthCode.newBlock, EthCode.newBlockHashes].flatMap((code) => sentOf(code).map(({ conn }) => conn));
    expect(told()).toEqual([b]);
    node.stuck.delete(a);
    for (const conn of [a, b]) node.service.onPeerWritable(world.nowMs, conn);
    expect(told()).toEqual([b, a]);
    node.service.onPeerWritable(world.nowMs, a);
    expect(told()).toHaveLength(2);
  });

  it('the same seed gives the same messages', () => {
    const trace = (): string[] => {
      const { world, nodes } = ring();
      for (let i = 0; i < 5; i++) {
        const miner = nodes[i] as WorldNode;
        miner.mine(childBlock(sealedHeaderOf(miner.chain.headBlock()), { salt: i }));
        world.run(70);
      }
      world.run(2000);
      return nodes.flatMap(({ sent }) =>
        sent.map(({ atMs, conn, code, payload }) => `${atMs} ${conn} ${code} ${payload.length}`),
      );
    };
    expect(trace()).toEqual(trace());
  });
});
