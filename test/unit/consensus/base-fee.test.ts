import { describe, expect, it } from 'vitest';
import { INITIAL_BASE_FEE, nextBaseFee } from '../../../src/consensus/base-fee.js';

describe('nextBaseFee', () => {
  const cases: [name: string, baseFee: bigint | undefined, gasUsed: bigint, next: bigint][] = [
    ['the first London block', undefined, 0n, INITIAL_BASE_FEE],
    ['half full: as it was', 1_000_000_000n, 10_000_000n, 1_000_000_000n],
    ['empty: down by an eighth', 1_000_000_000n, 0n, 875_000_000n],
    ['full: up by an eighth', 1_000_000_000n, 20_000_000n, 1_125_000_000n],
    ['three quarters full: up by a sixteenth', 1_000_000_000n, 15_000_000n, 1_062_500_000n],
    ['a little above half: up by one at least', 7n, 10_000_001n, 8n],
    ['very low and full: up by one at least', 0n, 20_000_000n, 1n],
    ['very low and empty: stays', 7n, 0n, 7n],
  ];
  it.each(cases)('%s', (_, baseFeePerGas, gasUsed, next) => {
    expect(nextBaseFee({ baseFeePerGas, gasUsed, gasLimit: 20_000_000n })).toBe(next);
  });
});
