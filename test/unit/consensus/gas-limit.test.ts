import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gasLimitToward, isGasLimitAllowed, MAX_GAS_LIMIT, MIN_GAS_LIMIT } from '../../../src/consensus/gas-limit.js';
import { LONDON_PARENT } from './headers.js';

const parent = (gasLimit: bigint) => ({ ...LONDON_PARENT.header, gasLimit });

describe('isGasLimitAllowed', () => {
  const cases: [name: string, gasLimit: bigint, parentLimit: bigint, allowed: boolean][] = [
    ['the same', 1_024_000n, 1_024_000n, true],
    ['less than 1/1024 up', 1_024_999n, 1_024_000n, true],
    ['1/1024 up', 1_025_000n, 1_024_000n, false],
    ['less than 1/1024 down', 1_023_001n, 1_024_000n, true],
    ['1/1024 down', 1_023_000n, 1_024_000n, false],
    ['the least', 5000n, 5001n, true],
    ['below the least', 4999n, 5000n, false],
    ['the most', MAX_GAS_LIMIT, MAX_GAS_LIMIT, true],
    ['above the most', MAX_GAS_LIMIT + 1n, MAX_GAS_LIMIT, false],
  ];
  it.each(cases)('%s', (_, gasLimit, parentLimit, allowed) => {
    expect(isGasLimitAllowed(gasLimit, parent(parentLimit), true)).toBe(allowed);
  });

  it('the London block moves from twice the limit of its parent (EIP-1559)', () => {
    const berlin = { ...parent(1_024_000n), baseFeePerGas: undefined };
    expect(isGasLimitAllowed(2_048_000n, berlin, true)).toBe(true);
    expect(isGasLimitAllowed(1_024_000n, berlin, true)).toBe(false);
    expect(isGasLimitAllowed(1_024_000n, berlin, false)).toBe(true);
  });
});

describe('gasLimitToward', () => {
  it('is always allowed, and the target itself where that is allowed', () => {
    const limit = fc.bigInt({ min: MIN_GAS_LIMIT, max: MAX_GAS_LIMIT });
    fc.assert(
      fc.property(limit, fc.bigInt({ min: 0n, max: 2n ** 64n }), (parentLimit, target) => {
        const chosen = gasLimitToward(target, parent(parentLimit), true);
        expect(isGasLimitAllowed(chosen, parent(parentLimit), true)).toBe(true);
        if (isGasLimitAllowed(target, parent(parentLimit), true)) expect(chosen).toBe(target);
      }),
    );
  });

  it('reaches any target in time', () => {
    let limit = 5000n;
    for (let i = 0; i < 20_000 && limit !== 30_000_000n; i++) limit = gasLimitToward(30_000_000n, parent(limit), true);
    expect(limit).toBe(30_000_000n);
  });
});
