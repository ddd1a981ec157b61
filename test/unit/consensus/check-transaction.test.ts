import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/base/brand.js';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { ZERO_ADDRESS, ZERO_HASH } from '../../../src/base/hex.js';
import { checkExecutable, checkTransaction } from '../../../src/consensus/check-transaction.js';
import { intrinsicGas } from '../../../src/consensus/intrinsic-gas.js';
import type { RuleCode } from '../../../src/consensus/rule-error.js';
import { type ForkName, forksUpTo } from '../../../src/types/chain-spec.js';
import { rulesAt } from '../../../src/types/rules.js';
import { signTransaction } from '../../../src/types/sender.js';
import type {
  DynamicFeeFields,
  LegacyFields,
  Transaction,
  UnsignedTransaction,
} from '../../../src/types/transaction.js';
import { withSignature } from '../../../src/types/transaction-codec.js';
import { LONDON } from './headers.js';

const KEY = new Uint8Array(32).fill(3);
const COMMON = { nonce: 0n, gasLimit: 21_000n, to: `0x${'11'.repeat(20)}` as Address, value: 0n, data: EMPTY_BYTES };
const LEGACY: LegacyFields = { ...COMMON, type: 0, chainId: 1n, gasPrice: 1n };
const DYNAMIC: DynamicFeeFields = {
  ...COMMON,
  type: 2,
  chainId: 1n,
  maxFeePerGas: 2n,
  maxPriorityFeePerGas: 1n,
  accessList: [],
};
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const sign = (fields: UnsignedTransaction): Transaction => signTransaction(fields, KEY);

function codeOf(tx: Transaction, fork: ForkName = 'london'): RuleCode | undefined {
  const spec = { ...LONDON, forks: forksUpTo(fork) };
  return checkTransaction(tx, rulesAt(spec, 0), spec)?.code;
}

describe('checkTransaction', () => {
  const unprotected: LegacyFields = { ...LEGACY, chainId: undefined };
  const cases: [name: string, tx: Transaction, fork: ForkName, code: RuleCode | undefined][] = [
    ['legacy', sign(LEGACY), 'london', undefined],
    ['legacy without a chain id', sign(unprotected), 'london', undefined],
    ['legacy with a chain id before EIP-155', sign(LEGACY), 'eip150', 'tx-chain-id'],
    ['another chain id', sign({ ...LEGACY, chainId: 2n }), 'london', 'tx-chain-id'],
    ['another chain id, type 2', sign({ ...DYNAMIC, chainId: 2n }), 'london', 'tx-chain-id'],
    ['type 1 from Berlin', sign({ ...LEGACY, type: 1, chainId: 1n, accessList: [] }), 'berlin', undefined],
    [
      'type 1 before Berlin',
      sign({ ...LEGACY, type: 1, chainId: 1n, accessList: [] }),
      'istanbul',
      'tx-type-not-active',
    ],
    ['type 2 from London', sign(DYNAMIC), 'london', undefined],
    ['type 2 before London', sign(DYNAMIC), 'berlin', 'tx-type-not-active'],
    ['r of 0', withSignature(LEGACY, { r: 0n, s: 1n, yParity: 0 }), 'london', 'tx-signature'],
    ['r of n', withSignature(LEGACY, { r: N, s: 1n, yParity: 0 }), 'london', 'tx-signature'],
    ['s of 0', withSignature(LEGACY, { r: 1n, s: 0n, yParity: 0 }), 'london', 'tx-signature'],
    ['s of n/2', withSignature(LEGACY, { r: 1n, s: N / 2n, yParity: 0 }), 'london', undefined],
    ['s above n/2', withSignature(LEGACY, { r: 1n, s: N / 2n + 1n, yParity: 0 }), 'london', 'tx-signature'],
    ['nonce 2^64 - 2', sign({ ...LEGACY, nonce: 2n ** 64n - 2n }), 'london', undefined],
    ['nonce 2^64 - 1', sign({ ...LEGACY, nonce: 2n ** 64n - 1n }), 'london', 'tx-nonce-max'],
    ['a tip above the cap', sign({ ...DYNAMIC, maxPriorityFeePerGas: 3n }), 'london', 'tx-tip-above-cap'],
    ['a cost of 2^256', sign({ ...LEGACY, gasLimit: 2n ** 20n, gasPrice: 2n ** 236n }), 'london', 'tx-cost-overflow'],
    ['too little gas', sign({ ...LEGACY, gasLimit: 20_999n }), 'london', 'tx-intrinsic-gas'],
    ['too little gas for its data', sign({ ...LEGACY, data: Uint8Array.of(1) }), 'london', 'tx-intrinsic-gas'],
  ];
  it.each(cases)('%s under %s', (_, tx, fork, code) => expect(codeOf(tx, fork)).toBe(code));

  it('leaves creations and precompiles to checkExecutable', () => {
    const creation = sign({ ...LEGACY, to: null, gasLimit: 53_000n });
    expect(codeOf(creation)).toBeUndefined();
    expect(checkExecutable(creation)?.code).toBe('tx-contract-creation');
  });
});

describe('checkExecutable', () => {
  const to = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}` as Address;
  it.each([1, 2, 9])('refuses a call to precompile %i', (n) => {
    expect(checkExecutable(sign({ ...LEGACY, to: to(n) }))?.code).toBe('tx-precompile-call');
  });

  it.each([ZERO_ADDRESS, to(10), to(0x100)])('takes a transfer to %s', (address) => {
    expect(checkExecutable(sign({ ...LEGACY, to: address }))).toBeUndefined();
  });
});

describe('intrinsicGas', () => {
  const data = Uint8Array.of(0, 0, 1, 2, 3);
  const accessList = [
    { address: ZERO_ADDRESS, storageKeys: [] },
    { address: ZERO_ADDRESS, storageKeys: [ZERO_HASH, ZERO_HASH] },
  ];
  const cases: [name: string, tx: UnsignedTransaction, fork: ForkName, gas: bigint][] = [
    ['a transfer', LEGACY, 'london', 21_000n],
    ['a creation', { ...LEGACY, to: null }, 'london', 53_000n],
    ['data before Istanbul', { ...LEGACY, data }, 'petersburg', 21_000n + 2n * 4n + 3n * 68n],
    ['data from Istanbul', { ...LEGACY, data }, 'istanbul', 21_000n + 2n * 4n + 3n * 16n],
    ['an access list', { ...DYNAMIC, accessList }, 'london', 21_000n + 2n * 2400n + 2n * 1900n],
  ];
  it.each(cases)('%s', (_, tx, fork, gas) => {
    expect(intrinsicGas(tx, rulesAt({ ...LONDON, forks: forksUpTo(fork) }, 0))).toBe(gas);
  });
});
