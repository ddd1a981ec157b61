import { describe, expect, it } from 'vitest';
import { localStatus } from '../../../../src/net/eth/handshake.js';
import { type Block, encodeBody, makeBlock, sealedHeaderOf } from '../../../../src/types/block.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { getBlockHeaders } from '../../../../src/wire/eth/get-block-headers.js';
import { newBlock } from '../../../../src/wire/eth/new-block.js';
import { newBlockHashes } from '../../../../src/wire/eth/new-block-hashes.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import {
  BAD_SEAL,
  BAD_STATE,
  type BlockOptions,
  chainOf,
  childBlock,
  FakeChain,
  GENESIS,
  transfer,
} from '../../../support/eth-chain.js';
import { EthWorld, type NodeOptions, START_MS, type WorldNode } from '../../../support/eth-world.js';
import { seededRandom } from '../../../support/seeded-random.js';

const TRUNK = chainOf(GENESIS, 20);
const TIP = TRUNK[19] as Block;
const next = (options: BlockOptions = {}): Block => childBlock(sealedHeaderOf(TIP), options);

/** A node at block 20 with `count` connections that the test speaks on. */
function setUp(count: number, options: NodeOptions = {}) {
  const world = new EthWorld();
  const node = world.node('node', { chain: new FakeChain().importAll(TRUNK), ...options });
  const conns = Array.from({ length: count }, () => {
    const conn = world.dangling(node);
    world.deliver(node, conn, EthCode.status, status.encode(localStatus(node.chain, 68)));
    return conn;
  });
  node.sent.length = 0;
  const push = (conn: number, block: Block, totalDifficulty = node.chain.head().totalDifficulty + 100n): void =>
    world.deliver(node, conn, EthCode.newBlock, newBlock.encode({ block, totalDifficulty }));
  const announce = (conn: number, ...blocks: { hash: Block['hash']; number: number }[]): void =>
    world.deliver(node, conn, EthCode.newBlockHashes, newBlockHashes.encode(blocks));
  const sentOf = (code: number) => node.sent.filter((message) => message.code === code);
  const answerHeader = (conn: number, ...blocks: Block[]): void => {
    const request = sentOf(EthCode.getBlockHeaders)
      .filter((message) => message.conn === conn)
      .at(-1);
    const { requestId } = getBlockHeaders.decode(request?.payload ?? new Uint8Array());
    const items = blocks.map((block) => sealedHeaderOf(block).raw);
    world.deliver(node, conn, EthCode.blockHeaders, blockHeaders.encode({ requestId, items }));
  };
  const answerBody = (conn: number, ...blocks: Block[]): void => {
    const request = sentOf(EthCode.getBlockBodies)
      .filter((message) => message.conn === conn)
      .at(-1);
    const { requestId } = getBlockBodies.decode(request?.payload ?? new Uint8Array());
    world.deliver(node, conn, EthCode.blockBodies, blockBodies.encode({ requestId, items: blocks.map(encodeBody) }));
  };
  const [a, b] = conns as [number, number];
  return { world, node, conns, a, b, push, announce, sentOf, answerHeader, answerBody };
}

const at = (block: Block) => ({ hash: block.hash, number: block.header.number });

describe('a pushed block', () => {
  it('goes on whole to ceil(sqrt(n)) peers before import, and by hash to the others after it', () => {
    const { world, node, conns, a, push, sentOf } = setUp(10, { importMs: 100 });
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
      const { world, node, conns, a, push, sentOf } = setUp(10);
      for (const [i, conn] of conns.entries()) node.rtts.set(conn, 1_000 - i);
      push(a, large);
      expect(sentOf(EthCode.newBlock)).toHaveLength(1);
      world.run(500);
      const [near, far, ...more] = connsOf(sentOf(EthCode.newBlock));
      expect(more).toEqual([]);
      expect(node.rtts.get(near ?? 0)).toBeLessThan(node.rtts.get(far ?? 0) ?? 0);
      const all = [near, far, ...connsOf(sentOf(EthCode.newBlockHashes))] as number[];
      expect(all.sort((x, y) => x - y)).toEqual(conns.slice(1));
      expect(node.faults).toEqual([]);
    });

    it('is not sent to who heard of it meanwhile, or is gone', () => {
      const { world, node, conns, a, push, announce, sentOf } = setUp(10);
      push(a, large);
      const first = connsOf(sentOf(EthCode.newBlock));
      for (const conn of conns.slice(1, 6)) announce(conn, at(large));
      for (const conn of conns.slice(6)) if (!first.includes(conn)) world.cut(node, conn);
      world.run(1_000);
      expect(connsOf(sentOf(EthCode.newBlock))).toEqual(first);
    });

    it('is offered to eight at a time: to the next when one does not ask in time', () => {
      const { world, node, conns, a, push, sentOf } = setUp(30);
      for (const conn of conns) node.rtts.set(conn, 100);
      push(a, large);
      world.run(1);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(8);
      world.run(120);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(8);
      // The first copy takes 60 ms, then the announcements leave; a round trip and 50 ms later they are over.
      world.run(100);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(16);
      world.run(2_000);
      const told = [...connsOf(sentOf(EthCode.newBlock)), ...connsOf(sentOf(EthCode.newBlockHashes))];
      expect(told.sort((x, y) => x - y)).toEqual(conns.slice(1));
    });

    it('is offered to the next when a copy that was asked for has left', () => {
      const { world, node, conns, a, push, sentOf } = setUp(30);
      for (const conn of conns) node.rtts.set(conn, 1_000);
      push(a, large);
      world.run(70);
      const offered = connsOf(sentOf(EthCode.newBlockHashes));
      expect(offered).toHaveLength(8);
      for (const [i, conn] of offered.slice(0, 2).entries()) {
        const ask = getBlockBodies.encode({ requestId: BigInt(i), hashes: [large.hash] });
        world.deliver(node, conn, EthCode.getBlockBodies, ask);
      }
      world.run(40);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(8);
      world.run(100);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(9);
      world.run(60);
      expect(sentOf(EthCode.newBlockHashes)).toHaveLength(10);
    });

    it('is announced to all that still wait for it when eight newer ones crowd it out', () => {
      const { world, node, conns, a, push, sentOf } = setUp(40);
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
    const { world, a, b, push, node } = setUp(2);
    push(a, next());
    push(b, next());
    world.run(10);
    push(a, next());
    expect(node.sentCodes()).toEqual([EthCode.newBlock]);
    expect(node.faults).toEqual([]);
  });

  const bad: { name: string; block: () => Block; fault: string }[] = [
    { name: 'without work', block: () => next({ mixHash: BAD_SEAL }), fault: 'invalid-seal' },
    {
      name: 'without work or a known parent',
      block: () => childBlock(sealedHeaderOf(next({ salt: 3 })), { mixHash: BAD_SEAL }),
      fault: 'invalid-seal',
    },
    {
      name: 'with another body than its header names',
      block: () => makeBlock(sealedHeaderOf(next()), { transactions: [transfer(1)], uncles: [] }),
      fault: 'invalid-body',
    },
    {
      name: 'from the future',
      block: () => next({ timestamp: START_MS / 1000 + 16 }),
      fault: 'distant-block',
    },
  ];
  for (const { name, block, fault } of bad) {
    it(`is neither passed on nor imported: ${name}`, () => {
      const { world, node, a, push } = setUp(9);
      push(a, block());
      world.run(1000);
      expect(node.faults.map(({ conn, fault: f }) => [conn, f.code])).toEqual([[a, fault]]);
      expect(node.sent).toEqual([]);
      expect(node.queued).toEqual([]);
    });
  }

  it('may turn out invalid in execution without harm to its sender', () => {
    const { world, node, a, push, sentOf } = setUp(4);
    push(a, next({ stateRoot: BAD_STATE }));
    world.run(10);
    expect(node.faultCodes()).toEqual(['relayed-invalid-block']);
    expect(sentOf(EthCode.newBlockHashes)).toEqual([]);
  });

  it('does not keep the good copy out when a mutated one came first', () => {
    const { world, node, a, b, push } = setUp(2);
    push(a, makeBlock(sealedHeaderOf(next()), { transactions: [transfer(1)], uncles: [] }));
    push(b, next());
    world.run(10);
    expect(node.chain.head().hash).toBe(next().hash);
  });

  it('credits its sender with the chain up to its parent', () => {
    const { node, a, push } = setUp(1);
    push(a, next(), 5000n);
    expect(node.service.peerEthInfo(a)).toEqual({ version: 68, totalDifficulty: 4900n, headHash: TIP.hash });
  });

  it('of long ago is left alone', () => {
    const { world, node, a, push } = setUp(2);
    push(a, childBlock(sealedHeaderOf(TRUNK[10] as Block), { salt: 4 }));
    world.run(1000);
    expect([node.sent, node.faults, node.queued]).toEqual([[], [], []]);
  });

  it('waits outside a full import queue: 64 blocks in all, 8 of a peer', () => {
    const { world, node, conns, push } = setUp(10, { queue: 1, importMs: 10_000 });
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
    const { world, node, a, push } = setUp(1, { importMs: 50 });
    const child = childBlock(sealedHeaderOf(next()));
    push(a, next());
    push(a, child, node.chain.head().totalDifficulty + 200n);
    world.run(200);
    expect(node.chain.head().hash).toBe(child.hash);
    expect(node.sentCodes()).toEqual([]);
  });
});

describe('an announced block', () => {
  const full = next({ transactions: [transfer(1)] });

  it('is fetched, header and body in one flight, then announced', () => {
    const { world, node, a, b, announce, sentOf, answerHeader, answerBody } = setUp(2);
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
    const { world, node, a, announce, answerHeader } = setUp(1);
    announce(a, at(next()));
    world.run(100);
    answerHeader(a, next());
    world.run(10);
    expect(node.chain.head().hash).toBe(next().hash);
  });

  it('is asked for header first if it is not the next one, or if the peer owes such a body already', () => {
    const { world, a, b, announce, sentOf } = setUp(2);
    announce(a, ...[1, 2, 3].map((salt) => at(next({ salt, transactions: [transfer(salt)] }))));
    announce(b, { hash: childBlock(sealedHeaderOf(full)).hash, number: 22 });
    world.run(10);
    expect(sentOf(EthCode.getBlockHeaders).map(({ conn }) => conn)).toEqual([a, a, a, b]);
    expect(sentOf(EthCode.getBlockBodies).map(({ conn }) => conn)).toEqual([a]);
  });

  it('needs its header: a body that comes before is not kept, and asked for again', () => {
    const { world, node, a, announce, sentOf, answerHeader, answerBody } = setUp(1);
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
    const { world, node, conns, announce, sentOf } = setUp(5);
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

  it('is asked of the next announcer 500 ms after one that does not answer', () => {
    const { world, node, a, b, announce, sentOf, answerHeader, answerBody } = setUp(2);
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
    const { world, node, a, b, announce, push } = setUp(2);
    announce(a, at(full));
    push(b, full);
    world.run(1000);
    expect(node.sentCodes()).toEqual([]);
  });

  const wrong: { name: string; header?: Block[]; body?: Block[]; fault: string }[] = [
    { name: 'no header', header: [], fault: 'withheld-data' },
    { name: 'another header', header: [next({ salt: 7 })], fault: 'reply-mismatch' },
    { name: 'no body', body: [], fault: 'withheld-data' },
    { name: 'another body', body: [next({ transactions: [transfer(8)] })], fault: 'reply-mismatch' },
  ];
  for (const { name, header, body, fault } of wrong) {
    it(`is fetched from the other announcer after ${name}`, () => {
      const { world, node, a, b, announce, answerHeader, answerBody } = setUp(2);
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
    const { world, node, a, b, announce, answerHeader, push } = setUp(2);
    announce(a, at(next({ mixHash: BAD_SEAL })));
    world.run(100);
    answerHeader(a, next({ mixHash: BAD_SEAL }));
    push(b, next({ stateRoot: BAD_STATE }));
    world.run(10);
    announce(a, at(next({ stateRoot: BAD_STATE })));
    expect(node.faultCodes()).toEqual(['invalid-seal', 'relayed-invalid-block', 'incompatible-block']);
  });

  it('is remembered for 256 blocks of a peer', () => {
    const { world, node, a, announce, sentOf } = setUp(1);
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
    for (let seed = 0; seed < 12; seed++) {
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
