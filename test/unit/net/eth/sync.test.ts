import { beforeAll, describe, expect, it } from 'vitest';
import { rlpNumber } from '../../../../src/codec/rlp-writer.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { Fault } from '../../../../src/net/defense/fault.js';
import { type Block, encodeBody, sealedHeaderOf } from '../../../../src/types/block.js';
import { decodeHeader } from '../../../../src/types/header.js';
import { blockBodies } from '../../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../../src/wire/eth/block-headers.js';
import { getBlockBodies } from '../../../../src/wire/eth/get-block-bodies.js';
import { getBlockHeaders } from '../../../../src/wire/eth/get-block-headers.js';
import { EthCode } from '../../../../src/wire/eth/protocol.js';
import { status } from '../../../../src/wire/eth/status.js';
import { BAD_SEAL, BAD_STATE, chainOf, childBlock, FakeChain, GENESIS, transfer } from '../../../support/eth-chain.js';
import { EthWorld, type Tamper, type WorldNode } from '../../../support/eth-world.js';

beforeAll(initKeccak);

/** Faults that the penalty table answers with a disconnect. */
const HARD: readonly Fault['code'][] = [
  'malformed-message',
  'reply-too-long',
  'reply-mismatch',
  'invalid-header',
  'invalid-seal',
  'announced-invalid-block',
];

/** `count` blocks, every third with two transactions. */
const mixed = (count: number, parent: Block = GENESIS, salt = 0): Block[] =>
  chainOf(parent, count, (i) => ({
    salt,
    transactions: i % 3 === 0 ? [transfer(2 * i), transfer(2 * i + 1, { type: 2 })] : [],
  }));

const withChain = (...parts: readonly (readonly Block[])[]): FakeChain => new FakeChain().importAll(parts.flat());

/** The headers with the same numbers of another chain. */
const ofChain = (chain: readonly Block[], items: readonly Uint8Array[]): Uint8Array[] =>
  items.map((item) => {
    const block = chain[decodeHeader(item).header.number - 1];
    return block === undefined ? item : sealedHeaderOf(block).raw;
  });

const agree = (a: WorldNode, b: WorldNode): boolean => a.chain.head().hash === b.chain.head().hash;

describe('sync from scratch', () => {
  it('brings a fresh node to the head of its only peer, and reports it', () => {
    const world = new EthWorld();
    const source = world.node('source', { chain: withChain(mixed(2500)) });
    const fresh = world.node('fresh');
    world.connect(fresh, source);
    const ms = world.run(60_000, () => agree(fresh, source));
    expect(agree(fresh, source)).toBe(true);
    expect(ms).toBeLessThan(3000);
    world.run(1000);
    expect(fresh.events.map(({ kind }) => kind)).toEqual([
      'peer-ready',
      'sync-started',
      'sync-proven',
      'sync-finished',
    ]);
    expect(fresh.service.syncStatus()).toEqual({
      syncing: false,
      startingBlock: 2500,
      currentBlock: 2500,
      highestBlock: 2500,
    });
    expect([...fresh.faultCodes(), ...source.faultCodes()]).toEqual([]);
  });

  it('never holds more than the import queue and its own window, however slow the import is', () => {
    const world = new EthWorld();
    const source = world.node('source', { chain: withChain(mixed(3000)) });
    const fresh = world.node('fresh', { queue: 8, importMs: 5 });
    world.connect(fresh, source);
    let headersAhead = 0;
    let bodiesAhead = 0;
    source.tamper = (message) => {
      if (message.code === EthCode.blockHeaders) headersAhead += blockHeaders.decode(message.payload).items.length;
      if (message.code === EthCode.blockBodies) bodiesAhead += blockBodies.decode(message.payload).items.length;
      return message;
    };
    world.run(2000);
    expect(fresh.chain.head().number).toBeGreaterThan(100);
    expect(fresh.chain.head().number).toBeLessThan(1000);
    expect(fresh.maxQueued).toBeLessThanOrEqual(8);
    const imported = fresh.chain.head().number + 8;
    expect(headersAhead).toBeLessThanOrEqual(imported + 2048 + 256);
    expect(bodiesAhead).toBeLessThanOrEqual(imported + 2048);
    world.run(60_000, () => agree(fresh, source));
    expect(agree(fresh, source)).toBe(true);
  });

  it('follows the status while it runs', () => {
    const world = new EthWorld();
    const source = world.node('source', { chain: withChain(mixed(1000)) });
    const fresh = world.node('fresh', { queue: 4, importMs: 10 });
    world.connect(fresh, source);
    world.run(6000);
    const { number } = fresh.chain.head();
    expect(number).toBeGreaterThan(0);
    expect(fresh.service.syncStatus()).toEqual({
      syncing: true,
      startingBlock: 0,
      currentBlock: number,
      highestBlock: 1000,
    });
    expect(fresh.events.some(({ kind }) => kind === 'sync-progress')).toBe(true);
  });

  it('goes on from its head after an interruption', () => {
    const world = new EthWorld();
    const chain = withChain(mixed(4000));
    const source = world.node('source', { chain });
    const fresh = world.node('fresh', { importMs: 2 });
    const [conn] = world.connect(fresh, source);
    world.run(500);
    const before = fresh.chain.head().number;
    expect(before).toBeGreaterThan(0);
    world.cut(fresh, conn);
    world.run(1000);
    world.connect(fresh, source);
    world.run(60_000, () => agree(fresh, source));
    expect(agree(fresh, source)).toBe(true);
    const starts = fresh.events.filter((event) => event.kind === 'sync-started');
    expect(starts).toHaveLength(2);
    expect(starts[1]?.from).toBeGreaterThanOrEqual(before);
  });

  it('asks several peers for bodies', () => {
    const world = new EthWorld(50);
    const blocks = chainOf(GENESIS, 1500, (i) => ({ transactions: [transfer(i)] }));
    const sources = ['a', 'b', 'c'].map((name) => world.node(name, { chain: withChain(blocks) }));
    const fresh = world.node('fresh');
    for (const source of sources) world.connect(fresh, source);
    world.run(60_000, () => fresh.chain.head().number === 1500);
    expect(fresh.chain.head().number).toBe(1500);
    for (const source of sources) {
      expect(source.sentCodes().filter((code) => code === EthCode.blockBodies).length).toBeGreaterThan(2);
    }
  });
});

describe('sync across a fork', () => {
  const cases = [
    { name: 'one block each', common: 10, ours: 1, theirs: 2 },
    { name: 'within the first probe', common: 100, ours: 12, theirs: 14 },
    { name: 'hundreds of blocks', common: 50, ours: 700, theirs: 703 },
    { name: 'beyond the header buffer', common: 20, ours: 2200, theirs: 2202 },
    { name: 'from the genesis block', common: 0, ours: 40, theirs: 41 },
    { name: 'a shorter but heavier chain', common: 30, ours: 90, theirs: 50, difficulty: 300n },
  ];
  for (const { name, common, ours, theirs, difficulty } of cases) {
    it(`takes the heavier side: ${name}`, () => {
      const world = new EthWorld();
      const trunk = mixed(common);
      const root = trunk[trunk.length - 1] ?? GENESIS;
      const a = world.node('a', { chain: withChain(trunk, mixed(ours, root, 1)) });
      const options = { salt: 2, ...(difficulty === undefined ? {} : { difficulty }) };
      const b = world.node('b', {
        chain: withChain(
          trunk,
          chainOf(root, theirs, () => options),
        ),
      });
      const want = b.chain.head().hash;
      world.connect(a, b);
      world.run(60_000, () => agree(a, b));
      expect(a.chain.head().hash).toBe(want);
      expect(b.chain.head().hash).toBe(want);
      expect([...a.faultCodes(), ...b.faultCodes()]).toEqual([]);
    });
  }

  it('leaves equal work alone', () => {
    const world = new EthWorld();
    const a = world.node('a', { chain: withChain(mixed(5, GENESIS, 1)) });
    const b = world.node('b', { chain: withChain(mixed(5, GENESIS, 2)) });
    world.connect(a, b);
    world.run(10_000);
    expect(agree(a, b)).toBe(false);
    expect([...a.events, ...b.events].map(({ kind }) => kind)).toEqual(['peer-ready', 'peer-ready']);
  });

  it('fetches no body of a fork that has not shown more work than our chain', () => {
    const world = new EthWorld();
    const cheap = chainOf(GENESIS, 2100, () => ({ salt: 9, difficulty: 1n, transactions: [transfer(0)] }));
    const liar = world.node('liar', { chain: withChain(cheap) });
    liar.tamper = (message) => {
      if (message.code === EthCode.getBlockHeaders) return undefined;
      if (message.code !== EthCode.status) return message;
      return { ...message, payload: status.encode({ ...status.decode(message.payload), totalDifficulty: 1n << 80n }) };
    };
    const honest = world.node('honest', { chain: withChain(mixed(100)) });
    world.connect(honest, liar);
    world.run(120_000);
    expect(honest.chain.head().number).toBe(100);
    expect(honest.chain.hasBlock(cheap[0]?.hash ?? GENESIS.hash)).toBe(false);
    expect(honest.sentCodes()).not.toContain(EthCode.getBlockBodies);
    // The claim is believed once.
    expect(honest.events.filter(({ kind }) => kind === 'sync-started')).toHaveLength(1);
  });

  it('takes no long fork that changes after it has shown its work', () => {
    const world = new EthWorld();
    const cheap = chainOf(GENESIS, 2400, () => ({ salt: 9, difficulty: 1n, transactions: [transfer(0)] }));
    const shown = chainOf(GENESIS, 2400, () => ({ salt: 8 }));
    const liar = world.node('liar', { chain: withChain(shown) });
    const victim = world.node('victim', { chain: withChain(chainOf(GENESIS, 2300)), dropOn: HARD });
    let skeletons = 0;
    liar.tamper = (message) => {
      if (message.code !== EthCode.blockHeaders) return message;
      const { requestId, items } = blockHeaders.decode(message.payload);
      const numbers = items.map((item) => decodeHeader(item).header.number);
      // Each pass begins with a skeleton from the genesis block on; in the second another chain is served.
      if (numbers[0] === 0 && numbers.length > 1) skeletons++;
      if (skeletons < 2 || (numbers[0] === 0 && numbers.length === 1)) return message;
      const replaced = ofChain(cheap, items);
      return { ...message, payload: blockHeaders.encode({ requestId, items: replaced }) };
    };
    world.connect(victim, liar);
    world.run(20_000);
    expect(skeletons).toBeGreaterThan(1);
    expect(victim.chain.head().number).toBe(2300);
    expect(victim.chain.hasBlock(cheap[0]?.hash ?? GENESIS.hash)).toBe(false);
    expect(victim.sentCodes()).not.toContain(EthCode.getBlockBodies);
  });
});

it('does not charge a peer whose long fork changes because it heals a split, too', () => {
  const world = new EthWorld();
  const ours = chainOf(GENESIS, 2300);
  const between = chainOf(GENESIS, 3000, () => ({ salt: 1 }));
  const heaviest = chainOf(GENESIS, 3000, () => ({ salt: 2, difficulty: 101n }));
  const node = world.node('node', { chain: withChain(ours), dropOn: HARD });
  const peer = world.node('peer', { chain: withChain(between) });
  world.connect(node, peer);
  const passes = (): number =>
    node.sent
      .filter(({ code }) => code === EthCode.getBlockHeaders)
      .map(({ payload }) => getBlockHeaders.decode(payload))
      .filter(({ origin, skip }) => skip > 200 && origin.kind === 'number' && origin.number === 0).length;
  world.run(60_000, () => passes() === 2);
  expect(node.chain.head().number).toBe(2300);
  peer.chain.importAll(heaviest);
  peer.mine(childBlock(sealedHeaderOf(heaviest.at(-1) ?? GENESIS)));
  world.run(60_000, () => node.chain.head().number === 3001);
  expect(node.chain.head().hash).toBe(peer.chain.head().hash);
  expect(node.faultCodes()).toEqual([]);
});

describe('sync with a bad peer', () => {
  const blocks = chainOf(GENESIS, 1200, (i) => ({ transactions: [transfer(i)] }));

  /** Changes the items of a reply of one kind, from the `after`th on. */
  const onItems = (code: number, after: number, change: (items: readonly Uint8Array[]) => Uint8Array[]): Tamper => {
    let seen = 0;
    return (message) => {
      if (message.code !== code || ++seen <= after) return message;
      const { requestId, items } = blockHeaders.decode(message.payload);
      return { ...message, payload: blockHeaders.encode({ requestId, items: change(items) }) };
    };
  };
  const withoutWork = chainOf(GENESIS, 1200, (i) => (i === 0 ? { mixHash: BAD_SEAL } : {}));
  const lies: { name: string; tamper: Tamper; fault: string | undefined }[] = [
    {
      name: 'headers that are not linked',
      tamper: onItems(EthCode.blockHeaders, 1, (items) => items.filter((_, i) => i !== 1)),
      fault: 'reply-mismatch',
    },
    {
      name: 'headers in the wrong order',
      tamper: onItems(EthCode.blockHeaders, 1, (items) => [...items].reverse()),
      fault: 'reply-mismatch',
    },
    {
      name: 'a header without work',
      tamper: onItems(EthCode.blockHeaders, 1, (items) => ofChain(withoutWork, items)),
      fault: 'invalid-seal',
    },
    {
      name: 'more headers than asked',
      tamper: onItems(EthCode.blockHeaders, 1, (items) => [...items, ...items]),
      fault: 'reply-too-long',
    },
    { name: 'no headers', tamper: onItems(EthCode.blockHeaders, 1, () => []), fault: undefined },
    {
      name: 'a header that does not decode',
      tamper: onItems(EthCode.blockHeaders, 1, (items) => [Uint8Array.of(0xc1, 0x80), ...items.slice(1)]),
      fault: 'malformed-message',
    },
    {
      name: 'bodies of other blocks',
      tamper: onItems(EthCode.blockBodies, 1, (items) =>
        items.map(() => encodeBody({ transactions: [transfer(99_999)], uncles: [] })),
      ),
      fault: 'reply-mismatch',
    },
    {
      name: 'more bodies than asked',
      tamper: onItems(EthCode.blockBodies, 1, (items) => [...items, ...items]),
      fault: 'reply-too-long',
    },
    {
      name: 'a body that does not decode',
      tamper: onItems(EthCode.blockBodies, 1, () => [rlpNumber(5)]),
      fault: 'malformed-message',
    },
    { name: 'no bodies', tamper: onItems(EthCode.blockBodies, 1, () => []), fault: undefined },
    {
      name: 'silence for headers',
      tamper: (message) => (message.code === EthCode.blockHeaders ? undefined : message),
      fault: undefined,
    },
    {
      name: 'silence for bodies',
      tamper: (message) => (message.code === EthCode.blockBodies ? undefined : message),
      // The others have delivered before its time is up.
      fault: undefined,
    },
  ];
  for (const { name, tamper, fault } of lies) {
    it(`gets there with the other peer: ${name}`, () => {
      const world = new EthWorld();
      const liar = world.node('liar', { chain: withChain(blocks), tamper });
      const honest = world.node('honest', { chain: withChain(blocks) });
      const fresh = world.node('fresh', { dropOn: HARD });
      const [liarConn] = world.connect(fresh, liar);
      const [honestConn] = world.connect(fresh, honest);
      const ms = world.run(60_000, () => fresh.chain.head().number === 1200);
      expect(fresh.chain.head().number).toBe(1200);
      expect(ms).toBeLessThan(20_000);
      const codes = fresh.faults.filter(({ conn }) => conn === liarConn).map((entry) => entry.fault.code);
      if (fault === undefined) expect(codes).toEqual([]);
      else expect(codes).toContain(fault);
      expect(fresh.faults.filter(({ conn }) => conn === honestConn)).toEqual([]);
    });
  }

  it.each([
    { name: 'says nothing behind its Status', silent: (): boolean => true, peers: 1, withinMs: 1000 },
    {
      name: 'serves headers and no bodies',
      silent: (code: number) => code === EthCode.blockBodies,
      peers: 1,
      withinMs: 1300,
    },
    { name: 'says nothing, three times over', silent: (): boolean => true, peers: 3, withinMs: 2500 },
  ])('a peer that $name delays the blocks by no more than one patience', ({ silent, peers, withinMs }) => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    for (let n = 0; n < peers; n++) {
      const mute = world.node(`mute ${n}`, { chain: withChain(blocks) });
      mute.tamper = (message) => (message.code !== EthCode.status && silent(message.code) ? undefined : message);
      world.connect(fresh, mute);
    }
    world.connect(fresh, world.node('honest', { chain: withChain(blocks) }));
    expect(world.run(60_000, () => fresh.chain.head().number === 1200)).toBeLessThan(withinMs);
  });

  it('a peer that comes while another one stalls is asked at once', () => {
    const world = new EthWorld();
    const fresh = world.node('fresh');
    const mute = world.node('mute', { chain: withChain(blocks) });
    mute.tamper = (message) => (message.code === EthCode.blockBodies ? undefined : message);
    world.connect(fresh, mute);
    world.run(3000);
    world.connect(fresh, world.node('honest', { chain: withChain(blocks) }));
    expect(world.run(60_000, () => fresh.chain.head().number === 1200)).toBeLessThan(1000);
  });

  it('a peer that answers late is still of use, and is charged with nothing', () => {
    const world = new EthWorld();
    const slow = world.node('slow', { chain: withChain(blocks) });
    slow.tamper = (message) => (message.code === EthCode.blockBodies ? { ...message, delayMs: 3000 } : message);
    const fresh = world.node('fresh');
    world.connect(fresh, slow);
    world.run(900_000, () => fresh.chain.head().number === 1200);
    expect(fresh.chain.head().number).toBe(1200);
    expect(fresh.faultCodes()).toEqual([]);
    // Whoever is alone is not asked for the same twice.
    const asked = fresh.sent
      .filter(({ code }) => code === EthCode.getBlockBodies)
      .flatMap(({ payload }) => [...getBlockBodies.decode(payload).hashes]);
    expect(asked).toHaveLength(1200);
  });

  it('puts the blame for an invalid block on the peer that served it as canonical', () => {
    const world = new EthWorld();
    const bad = chainOf(GENESIS, 300, (i) => ({ salt: 5, ...(i === 200 ? { stateRoot: BAD_STATE } : {}) }));
    const liar = world.node('liar', { chain: new FakeChain({ lenient: true }).importAll(bad) });
    const victim = world.node('victim', { dropOn: HARD });
    const [conn] = world.connect(victim, liar);
    world.run(10_000);
    expect(victim.chain.head().number).toBe(200);
    expect(victim.faults.map((entry) => [entry.conn, entry.fault.code])).toEqual([[conn, 'announced-invalid-block']]);
  });

  it('lowers a claim that the headers do not bear out', () => {
    const world = new EthWorld();
    const liar = world.node('liar', { chain: withChain(blocks.slice(0, 50)) });
    liar.tamper = (message) => {
      if (message.code !== EthCode.status) return message;
      return { ...message, payload: status.encode({ ...status.decode(message.payload), totalDifficulty: 1n << 90n }) };
    };
    const node = world.node('node');
    const [conn] = world.connect(node, liar);
    world.run(30_000);
    expect(node.chain.head().number).toBe(50);
    expect(node.service.peerEthInfo(conn)?.totalDifficulty).toBe(liar.chain.head().totalDifficulty);
    expect(node.events.filter(({ kind }) => kind === 'sync-started')).toHaveLength(1);
  });
});
