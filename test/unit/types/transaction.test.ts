import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { ZERO_ADDRESS } from '../../../src/base/hex.js';
import {
  type DynamicFeeFields,
  effectiveGasPrice,
  effectiveTip,
  feeCap,
  type LegacyFields,
  maxCost,
  tipCap,
} from '../../../src/types/transaction.js';

const COMMON = { nonce: 0n, gasLimit: 21_000n, to: ZERO_ADDRESS, value: 5n, data: EMPTY_BYTES, chainId: 1n };
const LEGACY: LegacyFields = { ...COMMON, type: 0, gasPrice: 10n };
const DYNAMIC: DynamicFeeFields = { ...COMMON, type: 2, maxFeePerGas: 10n, maxPriorityFeePerGas: 3n, accessList: [] };

describe('fees', () => {
  it.each([
    ['legacy: all above the base fee is the tip', LEGACY, 4n, 6n, 10n],
    ['dynamic: the tip cap', DYNAMIC, 4n, 3n, 7n],
    ['dynamic: what the fee cap leaves', DYNAMIC, 8n, 2n, 10n],
    ['dynamic: nothing left', DYNAMIC, 10n, 0n, 10n],
    ['dynamic: below the base fee', DYNAMIC, 12n, -2n, 10n],
  ])('%s', (_, tx, baseFee, tip, price) => {
    expect(effectiveTip(tx, baseFee)).toBe(tip);
    expect(effectiveGasPrice(tx, baseFee)).toBe(price);
  });

  it('caps are the gas price where there is only one', () => {
    expect([feeCap(LEGACY), tipCap(LEGACY), feeCap(DYNAMIC), tipCap(DYNAMIC)]).toEqual([10n, 10n, 10n, 3n]);
  });

  it('the balance has to cover the cap, not the price', () => {
    expect(maxCost(DYNAMIC)).toBe(210_005n);
  });
});
