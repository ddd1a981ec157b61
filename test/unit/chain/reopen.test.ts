import { beforeAll, describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import { toHash32 } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import { openChain } from '../../../src/chain/open-chain.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { KvBatch } from '../../../src/ports/kv.js';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { hashKey, metaKey, numberKey } from '../../../src/store/schema.js';
import type { Genesis } from '../../../src/types/genesis-file.js';
import {
  account,
  type BlockOptions,
  buildBlock,
  extend,
  flush,
  stranger,
  testChain,
  testGenesis,
  transfer,
} from '../../support/chain-builder.js';

const NOW = 2 ** 31;
const withTransfer = (index: number): BlockOptions => ({ transactions: [transfer({ nonce: BigInt(index) })] });

beforeAll(async () => {
  await selectCrypto();
});

function open(kv: MemoryKv, genesis: Genesis = testGenesis(), thorough = false) {
  return openChain({ kv, genesis }, { fakePow: true, thorough });
}

function openOrFail(kv: MemoryKv, thorough = false): Chain {
  const opened = open(kv, testGenesis(), thorough);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** A stored chain of `count` blocks with a transfer each. */
function stored(count: number): { kv: MemoryKv; chain: Chain } {
  const kv = new MemoryKv();
  const chain = testChain(testGenesis(), kv);
  extend(chain, count, withTransfer);
  flush(chain, kv);
  return { kv, chain };
}

function remove(kv: MemoryKv, key: Uint8Array): void {
  if (kv.get(key) === undefined) throw new Error('the test removes what is not there');
  kv.write([{ kind: 'del', key }]);
}

/** Everything that hangs on the head is there: numbers, links, bodies, receipts, places, state. */
function expectWhole(chain: Chain): void {
  const head = chain.head();
  for (let number = 0; number <= head.header.number; number++) {
    const block = chain.blockByNumber(number);
    expect(block?.header.number).toBe(number);
    if (block === undefined) continue;
    if (number > 0) expect(block.header.parentHash).toBe(chain.canonicalHash(number - 1));
    expect(chain.receiptsOf(block.hash)).toHaveLength(block.transactions.length);
    block.transactions.forEach((tx, index) => {
      expect(chain.transactionLocation(tx.hash)).toEqual({ blockHash: block.hash, number, index });
    });
  }
  expect(chain.canonicalHash(head.header.number)).toBe(head.hash);
  expect(chain.canonicalHash(head.header.number + 1)).toBeUndefined();
  expect([...(chain.stateAt(head.header.stateRoot)?.accounts() ?? [])].length).toBeGreaterThan(0);
}

describe('reopening', () => {
  it('starts an empty store with the genesis block', () => {
    const kv = new MemoryKv();
    const chain = openOrFail(kv);
    expect(chain.opening).toEqual({ kind: 'created' });
    flush(chain, kv);
    const again = openOrFail(kv);
    expect(again.opening).toEqual({ kind: 'opened' });
    expect(again.takeBatch()).toBeUndefined();
    expectWhole(again);
  });

  it('finds the same head, state and transactions', () => {
    const { kv, chain } = stored(5);
    const again = openOrFail(kv);
    expect(again.head()).toEqual(chain.head());
    expectWhole(again);
    extend(again, 1, () => withTransfer(5));
  });

  it('after a crash at any batch has the head that was written last', () => {
    // Two forks that take over from each other, so that batches of every kind are among them.
    const kv = new MemoryKv();
    const chain = testChain(testGenesis(), kv);
    const batches: KvBatch[] = [];
    const heads: Hash32[] = [];
    const note = () => {
      const batch = chain.takeBatch();
      if (batch === undefined) return;
      batches.push(batch);
      heads.push(chain.head().hash);
    };
    note();
    const genesis = chain.head();
    const slow = extend(chain, 3, (index) => withTransfer(index));
    note();
    let parent: { hash: Hash32; header: typeof genesis.header; raw: Uint8Array } = genesis;
    for (let index = 0; index < 5; index++) {
      const block = buildBlock(chain, { parent, after: 1, ...(index % 2 === 0 ? withTransfer(index / 2) : {}) });
      chain.importBlock(block, NOW);
      note();
      parent = block;
    }
    chain.setHead(2);
    note();
    expect(heads).not.toContain(slow[0]?.hash);
    const disk = new MemoryKv();
    batches.forEach((batch, index) => {
      disk.write(batch);
      const again = openOrFail(MemoryKv.copyOf(disk), true);
      expect(again.opening).toEqual({ kind: 'opened' });
      expect(again.head().hash).toBe(heads[index]);
      expectWhole(again);
    });
    expect(batches.length).toBeGreaterThan(6);
  });

  it('writes a block in one batch: its parts never stand alone', () => {
    const kv = new MemoryKv();
    const chain = testChain(testGenesis(), kv);
    flush(chain, kv);
    const block = buildBlock(chain, withTransfer(0));
    chain.importBlock(block, NOW);
    const batch = chain.takeBatch() ?? [];
    const keys = new Set(batch.map((write) => Buffer.from(write.key).toString('hex')));
    const [tx] = block.transactions;
    if (tx === undefined) throw new Error('no transaction');
    const expected = [
      hashKey('header', block.hash),
      hashKey('body', block.hash),
      hashKey('receipts', block.hash),
      hashKey('totalDifficulty', block.hash),
      hashKey('stateNode', block.header.stateRoot),
      hashKey('transaction', tx.hash),
      numberKey(1),
      metaKey('head'),
    ];
    for (const key of expected) expect(keys).toContain(Buffer.from(key).toString('hex'));
    expect(chain.takeBatch()).toBeUndefined();
  });

  it.each([
    { name: 'state root', key: (chain: Chain) => hashKey('stateNode', chain.head().header.stateRoot) },
    { name: 'header', key: (chain: Chain) => hashKey('header', chain.head().hash) },
    { name: 'body', key: (chain: Chain) => hashKey('body', chain.head().hash) },
    { name: 'receipts', key: (chain: Chain) => hashKey('receipts', chain.head().hash) },
    { name: 'total difficulty', key: (chain: Chain) => hashKey('totalDifficulty', chain.head().hash) },
  ])('goes back one block if the head has lost its $name, and takes it in again', ({ key }) => {
    const { kv, chain } = stored(4);
    const lost = chain.blockByNumber(4);
    if (lost === undefined) throw new Error('no block');
    remove(kv, key(chain));
    const again = openOrFail(kv);
    expect(again.opening).toEqual({ kind: 'rewound', from: 4, to: 3 });
    expect(again.head().hash).toBe(chain.canonicalHash(3));
    expectWhole(again);
    flush(again, kv);
    expect(openOrFail(kv).opening).toEqual({ kind: 'opened' });
    expect(again.importBlock(lost, NOW).kind).toBe('head');
    expectWhole(again);
  });

  it('goes back past several blocks without a state', () => {
    const { kv, chain } = stored(6);
    for (const number of [4, 5, 6]) {
      remove(kv, hashKey('stateNode', chain.headerByNumber(number)?.header.stateRoot ?? chain.genesisHash));
    }
    const again = openOrFail(kv);
    expect(again.opening).toEqual({ kind: 'rewound', from: 6, to: 3 });
    const gone = chain.blockByNumber(5)?.transactions[0]?.hash ?? chain.genesisHash;
    expect(again.transactionLocation(gone)).toBeUndefined();
    expectWhole(again);
  });

  it.each([
    { name: 'lost', write: { kind: 'del', key: metaKey('head') } as const },
    { name: 'damaged', write: { kind: 'put', key: metaKey('head'), value: Uint8Array.of(1) } as const },
  ])('finds the end of the chain when the head marker is $name', ({ write }) => {
    const { kv, chain } = stored(5);
    kv.write([write]);
    const again = openOrFail(kv);
    expect(again.head().hash).toBe(chain.head().hash);
    expectWhole(again);
  });

  /** Keys of records of a chain of six blocks that something else still tells. */
  const derived: { name: string; keys: (chain: Chain, kv: MemoryKv) => Uint8Array[] }[] = [
    { name: 'receipts', keys: (chain) => [hashKey('receipts', hashAt(chain, 3))] },
    { name: 'the receipts of two blocks', keys: (chain) => [2, 5].map((n) => hashKey('receipts', hashAt(chain, n))) },
    { name: 'a total difficulty', keys: (chain) => [hashKey('totalDifficulty', hashAt(chain, 3))] },
    { name: 'a number', keys: () => [numberKey(3)] },
    { name: 'the place of a transaction', keys: (chain) => [hashKey('transaction', transactionAt(chain, 3))] },
    { name: 'an old state root', keys: (chain) => [hashKey('stateNode', rootAt(chain, 3))] },
    { name: "the head's state root", keys: (chain) => [hashKey('stateNode', rootAt(chain, 6))] },
    { name: "a leaf of the head's state", keys: (chain, kv) => [newestLeaf(chain, kv)] },
    {
      name: 'receipts and the state before them',
      keys: (chain) => [hashKey('receipts', hashAt(chain, 4)), hashKey('stateNode', rootAt(chain, 3))],
    },
    { name: 'the number of the genesis block', keys: () => [numberKey(0)] },
    {
      name: 'the whole genesis block',
      keys: (chain) => (['header', 'body', 'receipts'] as const).map((family) => hashKey(family, chain.genesisHash)),
    },
    { name: 'layout, genesis and rules', keys: () => (['schema', 'genesis', 'spec'] as const).map(metaKey) },
    { name: 'all single records', keys: () => (['schema', 'genesis', 'spec', 'head'] as const).map(metaKey) },
    { name: 'every state', keys: (_, kv) => kv.readAll(Uint8Array.of(0x73), 1000).map(([key]) => key) },
    { name: 'the head marker and a number', keys: () => [metaKey('head'), numberKey(2), numberKey(4)] },
  ];
  const hashAt = (chain: Chain, number: number): Hash32 => chain.canonicalHash(number) ?? chain.genesisHash;
  const rootAt = (chain: Chain, number: number): Hash32 =>
    chain.headerByNumber(number)?.header.stateRoot ?? chain.genesisHash;
  const transactionAt = (chain: Chain, number: number): Hash32 =>
    chain.blockByNumber(number)?.transactions[0]?.hash ?? chain.genesisHash;

  /** The leaf of the head's sender, which no earlier state has. */
  function newestLeaf(chain: Chain, kv: MemoryKv): Uint8Array {
    const proofAt = (number: number) => chain.stateAt(rootAt(chain, number))?.accountProof(account(0)) ?? [];
    const { number } = chain.head().header;
    const leaf = proofAt(number).at(-1);
    const old = new Set(proofAt(number - 1).map((node) => Buffer.from(node).toString('hex')));
    if (leaf === undefined || old.has(Buffer.from(leaf).toString('hex'))) throw new Error('no new leaf');
    const entry = kv.readAll(Uint8Array.of(0x73), 1000).find(([, value]) => Buffer.compare(value, leaf) === 0);
    if (entry === undefined) throw new Error('the leaf is not stored');
    return entry[0];
  }

  it.each(derived)('makes good what the rest tells when asked to look: $name', ({ keys }) => {
    const { kv: whole, chain } = stored(6);
    const kv = MemoryKv.copyOf(whole);
    for (const key of keys(chain, kv)) remove(kv, key);
    const again = openOrFail(kv, true);
    expect(again.head()).toEqual(chain.head());
    expectWhole(again);
    for (let number = 0; number <= 6; number++) {
      const hash = hashAt(chain, number);
      expect(again.totalDifficulty(hash)).toBe(chain.totalDifficulty(hash));
      expect(again.receiptsRaw(hash)).toEqual(chain.receiptsRaw(hash));
      expect(again.stateAt(rootAt(chain, number))).toBeDefined();
    }
    flush(again, kv);
    const third = openOrFail(kv, true);
    expect(third.opening).toEqual({ kind: 'opened' });
    expect(third.head().hash).toBe(chain.head().hash);
  });

  it('does not walk the state unless asked to', () => {
    const { kv, chain } = stored(3);
    remove(kv, newestLeaf(chain, kv));
    expect(openOrFail(MemoryKv.copyOf(kv)).opening).toEqual({ kind: 'opened' });
    expect(openOrFail(kv, true).opening).toEqual({ kind: 'mended', blocks: 1 });
  });

  it.each(['header', 'body'] as const)(
    'goes back below a lost %s deep in the chain, and takes it in again',
    (family) => {
      const { kv, chain } = stored(6);
      const lost = [3, 4, 5, 6].flatMap((number) => chain.blockByNumber(number) ?? []);
      remove(kv, hashKey(family, hashAt(chain, 3)));
      const again = openOrFail(kv, true);
      expect(again.opening).toEqual({ kind: 'rewound', from: 6, to: 2 });
      expectWhole(again);
      for (const block of lost) expect(again.hasBlock(block.hash)).toBe(false);
      flush(again, kv);
      expect(openOrFail(kv, true).opening).toEqual({ kind: 'opened' });
      for (const block of lost) expect(again.importBlock(block, NOW).kind).toBe('head');
      expect(again.head().hash).toBe(chain.head().hash);
      expectWhole(again);
    },
  );

  it('takes away numbers above the head that came back from the dead', () => {
    const { kv, chain } = stored(3);
    kv.write(
      [7, 4, 5].map((number) => ({ kind: 'put', key: numberKey(number), value: chain.head().raw.slice(0, 32) })),
    );
    const again = openOrFail(kv, true);
    expect([4, 5].map((number) => again.canonicalHash(number))).toEqual([undefined, undefined]);
  });

  it.each(['body', 'receipts', 'totalDifficulty'] as const)(
    'takes in a side block again that lost its %s',
    (family) => {
      const kv = new MemoryKv();
      const chain = testChain(testGenesis(), kv);
      const genesis = chain.head();
      extend(chain, 3, withTransfer);
      const side = buildBlock(chain, { parent: genesis, after: 9 });
      chain.importBlock(side, NOW);
      flush(chain, kv);
      remove(kv, hashKey(family, side.hash));
      const again = openOrFail(kv, true);
      expect(again.hasBlock(side.hash)).toBe(false);
      expect(again.importBlock(side, NOW).kind).toBe('side');
      expect(again.hasBlock(side.hash)).toBe(true);
    },
  );
});

describe('what is refused', () => {
  const spec = testGenesis().spec;
  const rich = { balance: 1n, nonce: 0n, code: new Uint8Array(0), storage: new Map<Hash32, bigint>() };

  it.each([
    { field: 'timestamp', genesis: { timestamp: 1001 } },
    { field: 'difficulty', genesis: { difficulty: 131_073n } },
    { field: 'gasLimit', genesis: { gasLimit: 5000n } },
    { field: 'coinbase', genesis: { coinbase: stranger(1) } },
    { field: 'baseFeePerGas', genesis: { baseFeePerGas: 7n } },
    { field: 'alloc', genesis: { alloc: new Map([[stranger(1), rich]]) } },
    { field: 'chainId', genesis: { spec: { ...spec, chainId: 1n } } },
    { field: 'difficultyStep', genesis: { spec: { ...spec, difficultyStep: 2 } } },
    { field: 'blockReward', genesis: { spec: { ...spec, blockReward: 0n } } },
    { field: 'londonBlock', genesis: { spec: { ...spec, forks: { ...spec.forks, london: 5 } } } },
  ])('a genesis with another $field', ({ field, genesis }) => {
    const { kv } = stored(1);
    const opened = open(kv, testGenesis(genesis));
    expect(opened).toMatchObject({ ok: false, error: { code: 'genesis-mismatch', field } });
  });

  it('what is left of a chain of another genesis, even when asked to make good what can be', () => {
    const { kv } = stored(3);
    for (const name of ['schema', 'genesis', 'spec'] as const) remove(kv, metaKey(name));
    expect(open(kv, testGenesis({ timestamp: 1001 }), true)).toMatchObject({ ok: false, error: { code: 'corrupt' } });
  });

  it('no other network id: it is no rule of the chain', () => {
    const { kv } = stored(1);
    expect(open(kv, testGenesis({ spec: { ...spec, networkId: 5n } })).ok).toBe(true);
  });

  it.each([
    { name: 'no genesis record', key: metaKey('genesis'), value: undefined, code: 'corrupt' },
    { name: 'a damaged genesis record', key: metaKey('genesis'), value: Uint8Array.of(1), code: 'corrupt' },
    { name: 'damaged rules', key: metaKey('spec'), value: Uint8Array.of(1), code: 'corrupt' },
    { name: 'another layout', key: metaKey('schema'), value: Uint8Array.of(9), code: 'schema-unknown' },
    { name: 'no layout', key: metaKey('schema'), value: undefined, code: 'corrupt' },
    { name: 'no genesis block', key: numberKey(0), value: undefined, code: 'corrupt' },
  ])('a store with $name', ({ key, value, code }) => {
    const { kv } = stored(0);
    kv.write([value === undefined ? { kind: 'del', key } : { kind: 'put', key, value }]);
    expect(open(kv)).toMatchObject({ ok: false, error: { code } });
  });

  it('nothing that a remote could send: hashes that nobody has read as nothing', () => {
    const { chain } = stored(1);
    const nobody = toHash32(new Uint8Array(32).fill(1));
    expect(chain.headerByHash(nobody)).toBeUndefined();
    expect(chain.blockByHash(nobody)).toBeUndefined();
    expect(chain.bodyRaw(nobody)).toBeUndefined();
    expect(chain.receiptsRaw(nobody)).toBeUndefined();
    expect(chain.stateAt(nobody)).toBeUndefined();
    expect(
      chain.propose(nobody, { coinbase: account(0), timestamp: 1, gasLimit: 1n, extraData: new Uint8Array(0) }),
    ).toBeUndefined();
    for (const number of [-1, 0.5, Number.NaN, 2 ** 60]) expect(chain.blockByNumber(number)).toBeUndefined();
  });
});
