import { beforeAll, describe, expect, it } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { deriveRoot } from '../../../src/trie/derive-root.js';
import { forksUpTo } from '../../../src/types/chain-spec.js';
import { encodeReceipt, encodeReceipts } from '../../../src/types/receipt.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import {
  ACCOUNTS,
  account,
  buildBlock,
  extend,
  keyOf,
  stranger,
  testChain,
  testGenesis,
  transfer,
} from '../../support/chain-builder.js';

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;
const miner = stranger(50);

beforeAll(async () => {
  await selectCrypto();
});

const stateOf = (chain: ReturnType<typeof testChain>) => {
  const state = chain.stateAt(chain.head().header.stateRoot);
  if (state === undefined) throw new Error('no state');
  return state;
};

const legacy = (nonce: bigint, to: Address, value: bigint, gasPrice = 2n * GWEI): Transaction =>
  signTransaction(
    { type: 0, chainId: undefined, nonce, gasPrice, gasLimit: 50_000n, to, value, data: new Uint8Array(0) },
    keyOf(0),
  );

describe('a London block', () => {
  it('moves value, burns the base fee, pays tip and reward', () => {
    const chain = testChain();
    const baseFee = 875_000_000n;
    const [block] = extend(chain, 1, () => ({
      coinbase: miner,
      transactions: [transfer({ to: stranger(1), value: 7n, maxPriorityFeePerGas: 3n, maxFeePerGas: 2n * GWEI })],
    }));
    expect(block?.header.baseFeePerGas).toBe(baseFee);
    expect(stateOf(chain).account(account(0))).toMatchObject({
      nonce: 1n,
      balance: 1000n * ETHER - 7n - 21_000n * (baseFee + 3n),
    });
    expect(stateOf(chain).account(stranger(1))).toMatchObject({ nonce: 0n, balance: 7n });
    expect(stateOf(chain).account(miner)?.balance).toBe(2n * ETHER + 21_000n * 3n);
  });

  it('takes no more of the tip than the fee cap leaves', () => {
    const chain = testChain();
    extend(chain, 1, () => ({
      coinbase: miner,
      transactions: [transfer({ maxPriorityFeePerGas: 800_000_000n, maxFeePerGas: 875_000_001n })],
    }));
    expect(stateOf(chain).account(miner)?.balance).toBe(2n * ETHER + 21_000n);
  });

  it('charges data and access lists, and returns the rest of the gas', () => {
    const chain = testChain();
    const data = Uint8Array.of(0, 0, 1);
    const [block] = extend(chain, 1, () => ({ transactions: [transfer({ data, gasLimit: 90_000n })] }));
    expect(block?.header.gasUsed).toBe(21_000n + 4n + 4n + 16n);
  });

  it('lets an account pay itself, and the miner pay and be paid', () => {
    const chain = testChain();
    extend(chain, 1, () => ({
      coinbase: account(0),
      transactions: [transfer({ to: account(0), value: 5n, maxPriorityFeePerGas: 9n, maxFeePerGas: 2n * GWEI })],
    }));
    expect(stateOf(chain).account(account(0))?.balance).toBe(1002n * ETHER - 21_000n * 875_000_000n);
  });

  it('stores receipts with status, cumulative gas and types', () => {
    const chain = testChain();
    const [block] = extend(chain, 1, () => ({
      transactions: [transfer(), transfer({ nonce: 1n }), legacy(2n, miner, 1n)],
    }));
    if (block === undefined) throw new Error('no block');
    const receipts = chain.receiptsOf(block.hash) ?? [];
    expect(receipts.map(({ type, outcome, cumulativeGasUsed }) => [type, outcome, cumulativeGasUsed])).toEqual(
      [2, 2, 0].map((type, index) => [type, { kind: 'status', success: true }, 21_000n * BigInt(index + 1)]),
    );
    expect(chain.receiptsRaw(block.hash)).toEqual(encodeReceipts(receipts));
    expect(deriveRoot(receipts.map(encodeReceipt))).toBe(block.header.receiptsRoot);
  });

  it('is proposed without the transactions that a rule forbids', () => {
    const chain = testChain();
    const { hash, header } = chain.head();
    const proposal = chain.propose(hash, {
      coinbase: miner,
      timestamp: header.timestamp + 13,
      gasLimit: 50_000n,
      extraData: new Uint8Array(0),
    });
    if (proposal === undefined) throw new Error('no proposal');
    const refused = (tx: Transaction) => {
      const result = proposal.tryTransaction(tx);
      return result.ok ? undefined : result.error.code;
    };
    expect(refused(transfer({ nonce: 3n }))).toBe('tx-nonce-too-high');
    expect(refused(transfer())).toBeUndefined();
    expect(refused(transfer())).toBe('tx-nonce-too-low');
    expect(proposal.gasLeft()).toBe(29_000n);
    expect(refused(transfer({ nonce: 1n, gasLimit: 29_001n }))).toBe('tx-block-gas-exceeded');
    expect(refused(transfer({ nonce: 1n }))).toBeUndefined();
    const proposed = proposal.finish([]);
    expect(proposed.body.transactions).toHaveLength(2);
    expect(proposed.header.gasUsed).toBe(42_000n);
    expect(proposed.receipts).toHaveLength(2);
    expect(proposed.state.root).toBe(proposed.header.stateRoot);
    expect(proposed.state.account(account(0))?.nonce).toBe(2n);
    // Nothing of it is the chain's before it is imported.
    expect(chain.stateAt(proposed.header.stateRoot)).toBeUndefined();
  });
});

describe('older rules', () => {
  const { spec } = testGenesis();
  const homestead = testGenesis({ spec: { ...spec, forks: forksUpTo('homestead') }, baseFeePerGas: undefined });

  it('put the state root after each transaction into its receipt before Byzantium', () => {
    const chain = testChain(homestead);
    const [block] = extend(chain, 1, () => ({
      coinbase: miner,
      transactions: [legacy(0n, stranger(1), 3n), legacy(1n, stranger(2), 4n)],
    }));
    if (block === undefined) throw new Error('no block');
    const roots = (chain.receiptsOf(block.hash) ?? []).map(({ outcome }) =>
      outcome.kind === 'root' ? outcome.stateRoot : '',
    );
    expect(new Set([...roots, chain.head().header.stateRoot]).size).toBe(3);
    // The first root is that of a state with the first transfer and no reward yet; a chain with only that block says so.
    const single = testChain(homestead);
    const [first] = extend(single, 1, () => ({ coinbase: miner, transactions: [legacy(0n, stranger(1), 3n)] }));
    expect(single.receiptsOf(first?.hash ?? single.genesisHash)?.[0]?.outcome).toEqual({
      kind: 'root',
      stateRoot: roots[0],
    });
  });

  it('create an empty account for a zero-value transfer before EIP-161, and not after', () => {
    const forked = testGenesis({ spec: { ...spec, forks: forksUpTo('eip158') }, baseFeePerGas: undefined });
    for (const [genesis, created] of [
      [homestead, true],
      [forked, false],
    ] as const) {
      const chain = testChain(genesis);
      extend(chain, 1, () => ({ transactions: [legacy(0n, stranger(1), 0n)] }));
      expect(stateOf(chain).account(stranger(1)) !== undefined).toBe(created);
    }
  });

  it.each([
    { fork: 'homestead', reward: 5n },
    { fork: 'byzantium', reward: 3n },
    { fork: 'constantinople', reward: 2n },
  ] as const)('pay $reward ether from $fork on', ({ fork, reward }) => {
    const chain = testChain(testGenesis({ spec: { ...spec, forks: forksUpTo(fork) }, baseFeePerGas: undefined }));
    extend(chain, 1, () => ({ coinbase: miner }));
    expect(stateOf(chain).account(miner)?.balance).toBe(reward * ETHER);
  });
});

describe('a genesis with code, storage and empty accounts', () => {
  const slot = `0x${'00'.repeat(31)}05` as Hash32;
  const contract = { balance: 0n, nonce: 1n, code: Uint8Array.of(0x60, 0), storage: new Map([[slot, 0x1234n]]) };
  const empty = { balance: 0n, nonce: 0n, code: new Uint8Array(0), storage: new Map<Hash32, bigint>() };
  const genesis = testGenesis({
    alloc: new Map([...testGenesis().alloc, [stranger(1), contract], [stranger(2), empty]]),
  });

  it('keeps them, and serves code, storage and proofs', () => {
    const chain = testChain(genesis);
    extend(chain, 1, () => ({ transactions: [transfer()] }));
    const state = stateOf(chain);
    expect(state.code(stranger(1))).toEqual(contract.code);
    expect(state.code(account(0))).toHaveLength(0);
    expect(state.storage(stranger(1), slot)).toBe(`0x${'00'.repeat(30)}1234`);
    expect(state.storage(stranger(1), `0x${'00'.repeat(32)}` as Hash32)).toBe(`0x${'00'.repeat(32)}`);
    expect(state.storage(account(0), slot)).toBe(`0x${'00'.repeat(32)}`);
    expect(state.account(stranger(2))).toBeDefined();
    expect(state.accountProof(stranger(1)).length).toBeGreaterThan(0);
    expect(state.storageProof(stranger(1), slot)).toHaveLength(1);
    expect(state.storageProof(account(0), slot)).toEqual([]);
    // Stranger 0, who was paid, and the miner are new.
    expect([...state.accounts()]).toHaveLength(ACCOUNTS.length + 3);
  });

  it('loses an empty one when a transfer of nothing touches it', () => {
    const chain = testChain(genesis);
    extend(chain, 1, () => ({ transactions: [transfer({ to: stranger(2), value: 0n })] }));
    expect(stateOf(chain).account(stranger(2))).toBeUndefined();
    expect(buildBlock(chain).header.number).toBe(2);
  });
});
