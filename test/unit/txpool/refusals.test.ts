import { describe, expect, it } from 'vitest';
import type { Address, Hash32 } from '../../../src/base/brand.js';
import type { Refusal } from '../../../src/txpool/refusal.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { withSignature } from '../../../src/types/transaction-codec.js';
import { address, ETHER, type Fixture, GWEI, makePool, makeTx } from './fixture.js';

interface Case {
  readonly name: string;
  readonly tx: Transaction;
  readonly before?: (fixture: Fixture) => void;
  readonly code: Refusal['code'];
  readonly kind: Refusal['kind'];
  readonly message: string;
  readonly data?: Readonly<Record<string, string>>;
}

const CODE = `0x${'12'.repeat(32)}` as Hash32;

const cases: readonly Case[] = [
  {
    name: 'nonce below the account',
    tx: makeTx({ from: 1, nonce: 3 }),
    before: ({ state }) => state.set(1, { nonce: 5n }),
    code: 'nonce-too-low',
    kind: 'refused',
    message: 'nonce too low: next nonce 5, tx nonce 3',
    data: { expectedNonce: '5', hint: 'account has nonce 5; resend with 5' },
  },
  {
    name: 'a replacement without a bump',
    tx: makeTx({ from: 1, nonce: 0, tip: 2n * GWEI }),
    before: ({ pool }) => void pool.add(makeTx({ from: 1, nonce: 0 }), { local: false }, 0),
    code: 'replacement-underpriced',
    kind: 'refused',
    message: 'replacement transaction underpriced',
    data: { minimumFeeCap: '11000000000', minimumTip: '1100000000' },
  },
  {
    name: 'a tip below the price limit',
    tx: makeTx({ from: 1, nonce: 0, tip: 0n }),
    code: 'price-below-minimum',
    kind: 'refused',
    message: 'transaction gas price below minimum: gas tip cap 0, minimum needed 1',
  },
  {
    name: 'more than the balance',
    tx: makeTx({ from: 1, nonce: 0, cap: GWEI, value: 1n }),
    before: ({ state }) => state.set(1, { balance: 21_000n * GWEI }),
    code: 'insufficient-funds',
    kind: 'refused',
    message: 'insufficient funds for gas * price + value: balance 21000000000000, tx cost 21000000000001, overshot 1',
  },
  {
    name: 'more than what earlier transactions leave',
    tx: makeTx({ from: 1, nonce: 1, cap: GWEI, value: 2n }),
    before: ({ state, pool }) => {
      state.set(1, { balance: 42_000n * GWEI });
      pool.add(makeTx({ from: 1, nonce: 0, cap: GWEI }), { local: false }, 0);
    },
    code: 'insufficient-funds',
    kind: 'refused',
    message:
      'insufficient funds for gas * price + value: balance 42000000000000, queued cost 21000000000000, tx cost 21000000000002, overshot 2',
  },
  {
    name: 'less than the intrinsic gas',
    tx: makeTx({ from: 1, nonce: 0, gas: 20_000n }),
    code: 'intrinsic-gas',
    kind: 'invalid',
    message: 'intrinsic gas too low: gas 20000, minimum needed 21000',
    data: { minimumGas: '21000' },
  },
  {
    name: 'more gas than a block',
    tx: makeTx({ from: 1, nonce: 0, gas: 30_000_001n }),
    code: 'gas-limit',
    kind: 'refused',
    message: 'exceeds block gas limit',
  },
  {
    name: 'a tip above the cap',
    tx: makeTx({ from: 1, nonce: 0, tip: 3n, cap: 2n }),
    code: 'tip-above-cap',
    kind: 'invalid',
    message: 'max priority fee per gas higher than max fee per gas, maxPriorityFeePerGas: 3, maxFeePerGas: 2',
  },
  {
    name: 'another chain',
    tx: makeTx({ from: 1, nonce: 0, chainId: 1n }),
    code: 'chain-id',
    kind: 'invalid',
    message: 'invalid chain id for signer: have 1 want 1337',
  },
  {
    name: 'contract creation',
    tx: makeTx({ from: 1, nonce: 0, to: null, gas: 100_000n }),
    code: 'contract-execution',
    kind: 'refused',
    message: 'contract execution is not supported on this chain (value transfers only)',
  },
  {
    name: 'a precompiled contract',
    tx: makeTx({ from: 1, nonce: 0, to: `0x${'00'.repeat(19)}09` as Address }),
    code: 'contract-execution',
    kind: 'refused',
    message: 'contract execution is not supported on this chain (value transfers only)',
  },
  {
    name: 'a contract from the genesis',
    tx: makeTx({ from: 1, nonce: 0, to: address(7) }),
    before: ({ state }) => state.set(7, { codeHash: CODE }),
    code: 'contract-execution',
    kind: 'refused',
    message: 'contract execution is not supported on this chain (value transfers only)',
  },
  {
    name: 'a contract as sender (EIP-3607)',
    tx: makeTx({ from: 1, nonce: 0 }),
    before: ({ state }) => state.set(1, { codeHash: CODE }),
    code: 'sender-not-eoa',
    kind: 'refused',
    message: `sender not an eoa: address ${address(1)}`,
  },
  {
    name: 'a nonce that no account reaches',
    tx: { ...makeTx({ from: 1, nonce: 0 }), nonce: 2n ** 64n - 1n },
    code: 'nonce-max',
    kind: 'invalid',
    message: 'nonce has max value',
  },
  {
    name: 'a signature out of range',
    tx: { ...makeTx({ from: 1, nonce: 0 }), signature: { r: 0n, s: 1n, yParity: 0 } },
    code: 'invalid-sender',
    kind: 'invalid',
    message: 'invalid sender',
  },
  {
    name: 'a signature that nobody made',
    tx: withSignature(makeTx({ from: 1, nonce: 0 }), { r: 5n, s: 1n, yParity: 0 }),
    code: 'invalid-sender',
    kind: 'invalid',
    message: 'invalid sender',
  },
  {
    name: 'more than 128 KiB',
    tx: makeTx({ from: 1, nonce: 0, size: 131_073 }),
    code: 'oversized',
    kind: 'refused',
    message: 'oversized data: transaction size 131073, limit 131072',
  },
];

describe('what the pool says no to', () => {
  it.each(cases)('$name', ({ tx, before, code, kind, message, data }) => {
    const fixture = makePool();
    before?.(fixture);
    const result = fixture.pool.add(tx, { local: false }, 0);
    expect(result).toMatchObject({ kind, code, message, data: { hint: expect.stringMatching(/./), ...data } });
    expect(fixture.pool.has(tx.hash)).toBe(false);
  });

  it('a type that is not active yet', () => {
    const { pool, state, head } = makePool();
    expect(pool.add({ ...makeTx({ from: 1, nonce: 0 }), type: 3 } as never, { local: false }, 0)).toMatchObject({
      message: 'transaction type not supported: 3',
    });
    expect(state).toBe(head().state);
  });

  it('a hash that is there already', () => {
    const { pool } = makePool();
    const tx = makeTx({ from: 1, nonce: 0 });
    pool.add(tx, { local: false }, 0);
    expect(pool.add(tx, { local: true }, 0)).toEqual({ kind: 'known' });
  });

  it('takes a local transaction without a tip', () => {
    expect(makePool().offer(makeTx({ from: 1, nonce: 0, tip: 0n }), true)).toBe('pending');
  });

  it('takes exactly the balance, the block gas limit and 128 KiB', () => {
    const { state, offer } = makePool();
    state.set(1, { balance: 21_000n * GWEI });
    expect(offer(makeTx({ from: 1, nonce: 0, cap: GWEI }))).toBe('pending');
    expect(offer(makeTx({ from: 2, nonce: 0, gas: 30_000_000n }))).toBe('pending');
    expect(offer(makeTx({ from: 3, nonce: 0, size: 131_072, value: ETHER }))).toBe('pending');
  });
});
