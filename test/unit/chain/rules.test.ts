import { beforeAll, describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import { EMPTY_BLOOM, toAddress, toBloom, toHash32, ZERO_HASH } from '../../../src/base/hex.js';
import type { Chain } from '../../../src/chain/chain.js';
import { RULES, type RuleCode } from '../../../src/consensus/rule-error.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { deriveRoot } from '../../../src/trie/derive-root.js';
import { type Block, encodeUncles, makeBlock } from '../../../src/types/block.js';
import { forksUpTo } from '../../../src/types/chain-spec.js';
import type { Genesis } from '../../../src/types/genesis-file.js';
import { type SealedHeader, sealHeader } from '../../../src/types/header.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction, UnsignedTransaction } from '../../../src/types/transaction.js';
import { withSignature } from '../../../src/types/transaction-codec.js';
import {
  ACCOUNTS,
  account,
  type BlockOptions,
  buildBlock,
  extend,
  keyOf,
  stranger,
  testChain,
  testGenesis,
  transfer,
  withSeal,
} from '../../support/chain-builder.js';

beforeAll(async () => {
  await selectCrypto();
});

const NOW = 2 ** 31;
const WRONG = toHash32(new Uint8Array(32).fill(7));
const precompile = (n: number) => toAddress(new Uint8Array(20).fill(n, 19));

/** Makes a chain and a block that breaks one rule on it. */
type BadBlock = () => { readonly chain: Chain; readonly block: Block };

/** A block whose header says something wrong. */
const badHeader =
  (header: (block: Block) => BlockOptions['header'], blocks = 1): BadBlock =>
  () => {
    const chain = testChain();
    extend(chain, blocks);
    const good = buildBlock(chain, { transactions: [transfer()] });
    return { chain, block: buildBlock(chain, { transactions: [transfer()], header: header(good) ?? {} }) };
  };

/** A block with these transactions, executed or not; its body and header agree. */
const badTransactions =
  (transactions: () => readonly Transaction[], genesis: Partial<Genesis> = {}): BadBlock =>
  () => {
    const chain = testChain(testGenesis(genesis));
    const body = { transactions: transactions() };
    const transactionsRoot = deriveRoot(body.transactions.map((tx) => tx.raw));
    return { chain, block: buildBlock(chain, { body, header: { transactionsRoot } }) };
  };

/** A block with these uncles on top of a chain of nine; its body and header agree. */
const badUncles =
  (uncles: (chain: Chain, blocks: readonly Block[]) => readonly SealedHeader[]): BadBlock =>
  () => {
    const chain = testChain();
    const blocks = extend(chain, 9);
    const body = { uncles: uncles(chain, blocks) };
    return {
      chain,
      block: buildBlock(chain, { body, header: { unclesHash: keccak256Hex(encodeUncles(body.uncles)) } }),
    };
  };

/** A sibling of the block at `number`, told apart from others by `tag`. */
function sibling(chain: Chain, number: number, tag: number): SealedHeader {
  const parent = chain.headerByNumber(number - 1);
  if (parent === undefined) throw new Error('no parent');
  const block = buildBlock(chain, { parent, extraData: Uint8Array.of(tag) });
  return sealHeader(block.header);
}

const signed = (changes: Partial<UnsignedTransaction>): Transaction =>
  signTransaction({ ...unsigned, ...changes } as UnsignedTransaction, keyOf(0));
const unsigned: UnsignedTransaction = {
  type: 2,
  chainId: 1337n,
  nonce: 0n,
  maxPriorityFeePerGas: 1n,
  maxFeePerGas: 10n ** 10n,
  gasLimit: 21_000n,
  to: stranger(1),
  value: 1n,
  data: new Uint8Array(0),
  accessList: [],
};
const funded = { balance: 10n ** 21n, nonce: 0n, code: new Uint8Array(0), storage: new Map<Hash32, bigint>() };
const withCode = { ...funded, code: Uint8Array.of(0x60) };

const BAD: Readonly<Record<Exclude<RuleCode, Unreachable>, BadBlock>> = {
  'header-number': badHeader(({ header }) => ({ number: header.number + 1 })),
  'header-timestamp-not-later': badHeader(({ header }) => ({ timestamp: header.timestamp - 13 })),
  'header-extra-data-too-long': badHeader(() => ({ extraData: new Uint8Array(33) })),
  'header-gas-limit-bounds': badHeader(({ header }) => ({ gasLimit: header.gasLimit * 2n })),
  'header-gas-used-over-limit': badHeader(({ header }) => ({ gasUsed: header.gasLimit + 1n })),
  'header-base-fee': badHeader(({ header }) => ({ baseFeePerGas: (header.baseFeePerGas ?? 0n) + 1n })),
  'header-difficulty': badHeader(({ header }) => ({ difficulty: header.difficulty + 1n })),
  'header-seal': () => {
    const chain = testChain(testGenesis(), undefined, false);
    return { chain, block: buildBlock(chain) };
  },
  'body-transactions-root': badHeader(() => ({ transactionsRoot: WRONG })),
  'body-uncles-hash': badHeader(() => ({ unclesHash: WRONG })),
  'uncles-too-many': badUncles((chain) => [1, 2, 3].map((tag) => sibling(chain, 8, tag))),
  'uncle-duplicate': badUncles((chain) => [sibling(chain, 8, 1), sibling(chain, 8, 1)]),
  'uncle-already-included': () => {
    const chain = testChain();
    extend(chain, 3);
    const uncle = sibling(chain, 2, 1);
    extend(chain, 1, () => ({ uncles: [uncle] }));
    const body = { uncles: [uncle] };
    return { chain, block: buildBlock(chain, { body, header: { unclesHash: keccak256Hex(encodeUncles([uncle])) } }) };
  },
  'uncle-is-ancestor': badUncles((_, blocks) => blocks.slice(6, 7).map(({ header }) => sealHeader(header))),
  'uncle-parent-unknown': badUncles((chain) => [sibling(chain, 3, 1)]),
  'uncle-header': badUncles((chain) => [sealHeader({ ...sibling(chain, 8, 1).header, gasLimit: 5000n })]),
  'tx-type-not-active': () => {
    const { spec } = testGenesis();
    const berlin = { spec: { ...spec, forks: forksUpTo('berlin') }, baseFeePerGas: undefined };
    return badTransactions(() => [transfer()], berlin)();
  },
  'tx-chain-id': badTransactions(() => [signed({ chainId: 1n })]),
  'tx-signature': badTransactions(() => [withSignature(unsigned, { r: 0n, s: 1n, yParity: 0 })]),
  'tx-nonce-max': badTransactions(() => [signed({ nonce: 2n ** 64n - 1n })]),
  'tx-tip-above-cap': badTransactions(() => [transfer({ maxPriorityFeePerGas: 2n, maxFeePerGas: 1n })]),
  'tx-cost-overflow': badTransactions(() => [transfer({ maxFeePerGas: 2n ** 255n })]),
  'tx-intrinsic-gas': badTransactions(() => [transfer({ gasLimit: 20_999n })]),
  'tx-contract-creation': badTransactions(() => [signed({ to: null, gasLimit: 60_000n })]),
  'tx-precompile-call': badTransactions(() => [transfer({ to: precompile(9) })]),
  'tx-block-gas-exceeded': badTransactions(() => [transfer({ gasLimit: 30_000_001n })]),
  'tx-fee-cap-below-base-fee': badTransactions(() => [
    transfer({ maxFeePerGas: 800_000_000n, maxPriorityFeePerGas: 0n }),
  ]),
  'tx-nonce-too-low': badTransactions(() => [transfer(), transfer()]),
  'tx-nonce-too-high': badTransactions(() => [transfer({ nonce: 1n })]),
  'tx-sender-has-code': badTransactions(() => [transfer()], { alloc: new Map([[account(0), withCode]]) }),
  'tx-insufficient-funds': badTransactions(() => [transfer({ value: 10n ** 22n })]),
  'tx-call-to-code': badTransactions(() => [transfer({ to: stranger(5) })], {
    alloc: new Map([...ACCOUNTS.map((address) => [address, funded] as const), [stranger(5), withCode]]),
  }),
  'gas-used': badHeader(({ header }) => ({ gasUsed: header.gasUsed - 1n })),
  'logs-bloom': badHeader(() => ({ logsBloom: toBloom(new Uint8Array(256).fill(1)) })),
  'receipts-root': badHeader(() => ({ receiptsRoot: WRONG })),
  'state-root': badHeader(() => ({ stateRoot: WRONG })),
  'parent-invalid': () => {
    const chain = testChain();
    const bad = buildBlock(chain, { header: { stateRoot: WRONG } });
    chain.importBlock(bad, NOW);
    return { chain, block: buildBlock(chain, { header: { parentHash: bad.hash, number: 2, timestamp: 2000 } }) };
  },
};

/** Rules that cannot come out of an import: it looks the parent up by its hash, holds future blocks, and gets blocks decoded. */
const UNREACHABLE = ['header-parent-hash', 'header-future', 'block-undecodable'] as const;
type Unreachable = (typeof UNREACHABLE)[number];

/** A body that is not the header's proves nothing against the header. */
const MUTATED: ReadonlySet<string> = new Set(['body-transactions-root', 'body-uncles-hash']);

describe('every rule that importBlock can find broken', () => {
  it('has a block here that breaks it', () => {
    expect([...Object.keys(BAD), ...UNREACHABLE].sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(Object.entries(BAD).map(([code, make]) => ({ code, make })))('$code', ({ code, make }) => {
    const { chain, block } = make();
    const before = { head: chain.head(), batch: chain.takeBatch() };
    const outcome = chain.importBlock(block, NOW);
    expect(outcome).toMatchObject({ kind: 'invalid', error: { code }, mutated: MUTATED.has(code) });
    expect(chain.head()).toEqual(before.head);
    expect(chain.takeBatch()).toBeUndefined();
    expect(chain.hasBlock(block.hash)).toBe(false);
  });

  it.each(Object.entries(BAD).map(([code, make]) => ({ code, make })))('$code, offered twice', ({ code, make }) => {
    const { chain, block } = make();
    chain.importBlock(block, NOW);
    expect(chain.importBlock(block, NOW)).toMatchObject({ kind: 'invalid', error: { code } });
    // A hash that cost no work is not remembered, nor is one whose body was swapped.
    const remembered = !MUTATED.has(code) && code !== 'header-seal';
    expect(chain.isInvalid(block.hash)).toBe(remembered);
    expect(chain.badBlocks().some((bad) => bad.block.hash === block.hash)).toBe(remembered);
  });
});

describe('importBlock', () => {
  it('takes the good body of a header that came with a bad one before', () => {
    const chain = testChain();
    const good = buildBlock(chain, { transactions: [transfer()] });
    const mutated = buildBlock(chain, { transactions: [transfer()], body: { transactions: [] } });
    expect(mutated.hash).toBe(good.hash);
    expect(chain.importBlock(mutated, NOW)).toMatchObject({ kind: 'invalid', mutated: true });
    expect(chain.importBlock(good, NOW).kind).toBe('head');
  });

  it('holds a block from the future until its time is less than 15 s ahead', () => {
    const chain = testChain();
    const block = buildBlock(chain);
    const { timestamp } = block.header;
    expect(chain.importBlock(block, timestamp - 16)).toMatchObject({
      kind: 'future',
      retryAtMs: (timestamp - 15) * 1000,
    });
    expect(chain.head().hash).toBe(chain.genesisHash);
    expect(chain.importBlock(block, timestamp - 15).kind).toBe('head');
  });

  it('does not hold a block from the future whose body is not its own', () => {
    const chain = testChain();
    const block = buildBlock(chain, { header: { transactionsRoot: ZERO_HASH } });
    expect(chain.importBlock(block, 0)).toMatchObject({ kind: 'invalid', mutated: true });
  });

  it('takes a block with a real seal, and no other, where seals count', () => {
    const chain = testChain(testGenesis(), undefined, false);
    const block = buildBlock(chain, { realSeal: true });
    const wrong = sealHeader({ ...block.header, nonce: buildBlock(chain).header.nonce });
    expect(chain.checkSeal(wrong)).toEqual({ ok: false, code: 'header-seal' });
    expect(chain.importBlock(block, NOW).kind).toBe('head');
  });

  it('remembers a sealed block that is invalid', () => {
    const chain = testChain(testGenesis(), undefined, false);
    const { header } = buildBlock(chain);
    const bad = { ...buildBlock(chain, { header: withSeal({ ...header, stateRoot: WRONG }) }) };
    expect(chain.importBlock(bad, NOW)).toMatchObject({ error: { code: 'state-root' } });
    expect(chain.isInvalid(bad.hash)).toBe(true);
  });

  it('does not remember blocks whose seals cost less than the chain asks for: they would push out those that did not', () => {
    const chain = testChain(testGenesis(), undefined, false);
    const { header } = buildBlock(chain);
    const bad = buildBlock(chain, { header: withSeal({ ...header, stateRoot: WRONG }) });
    chain.importBlock(bad, NOW);
    const cheap = (parent: Hash32, difficulty: bigint, gasUsed: bigint): Block => {
      const claims = { ...header, parentHash: parent, number: parent === bad.hash ? 2 : 1, difficulty, gasUsed };
      return makeBlock(sealHeader(withSeal(claims)), { transactions: [], uncles: [] });
    };
    const half = header.difficulty / 2n;
    const cases = [
      ...Array.from({ length: 1025 }, (_, n) => cheap(chain.genesisHash, 1n, BigInt(n))),
      cheap(chain.genesisHash, half - 1n, 0n),
      cheap(bad.hash, 1n, 0n),
      cheap(bad.hash, half - 1n, 0n),
    ];
    for (const block of cases) {
      expect(chain.importBlock(block, NOW).kind).toBe('invalid');
      expect(chain.isInvalid(block.hash)).toBe(false);
    }
    expect(chain.isInvalid(bad.hash)).toBe(true);
    expect(chain.badBlocks().map(({ block }) => block.hash)).toEqual([bad.hash]);
  });

  it('remembers a branch of invalid blocks down to half the difficulty of what it branches off, not of its last', () => {
    const chain = testChain(testGenesis(), undefined, false);
    const { header } = buildBlock(chain);
    const half = header.difficulty / 2n;
    const on = (parentHash: Hash32, number: number, difficulty: bigint): Block =>
      buildBlock(chain, { header: withSeal({ ...header, parentHash, number, difficulty }) });
    const first = on(chain.genesisHash, 1, half);
    const second = on(first.hash, 2, half);
    const third = on(second.hash, 3, half / 2n);
    const remembered = [first, second, third].map((block) => {
      expect(chain.importBlock(block, NOW).kind).toBe('invalid');
      return chain.isInvalid(block.hash);
    });
    expect(remembered).toEqual([true, true, false]);
  });

  it('answers known for a block that is stored', () => {
    const chain = testChain();
    const [block] = extend(chain, 1);
    if (block === undefined) throw new Error('no block');
    chain.takeBatch();
    expect(chain.importBlock(block, NOW)).toEqual({ kind: 'known', alsoImported: [] });
    expect(chain.takeBatch()).toBeUndefined();
    expect(block.header.logsBloom).toBe(EMPTY_BLOOM);
  });
});
