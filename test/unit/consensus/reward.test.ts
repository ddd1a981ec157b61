import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/base/brand.js';
import { blockRewards } from '../../../src/consensus/reward.js';
import { sealHeader } from '../../../src/types/header.js';
import { LONDON_PARENT } from './headers.js';

const REWARD = 2n * 10n ** 18n;
const MINER = `0x${'aa'.repeat(20)}` as Address;
const UNCLE_MINER = `0x${'bb'.repeat(20)}` as Address;
const header = { ...LONDON_PARENT.header, number: 100, coinbase: MINER };
const uncle = (depth: number) => sealHeader({ ...header, number: 100 - depth, coinbase: UNCLE_MINER });

describe('blockRewards', () => {
  it('without uncles is the reward', () => {
    expect(blockRewards(header, [], REWARD)).toEqual([{ address: MINER, amount: REWARD }]);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'an uncle %i generations back gets less by an eighth each, its includer 1/32',
    (depth) => {
      expect(blockRewards(header, [uncle(depth)], REWARD)).toEqual([
        { address: UNCLE_MINER, amount: (REWARD * BigInt(8 - depth)) / 8n },
        { address: MINER, amount: REWARD + REWARD / 32n },
      ]);
    },
  );

  it('counts both uncles', () => {
    const rewards = blockRewards(header, [uncle(1), uncle(2)], REWARD);
    expect(rewards.map(({ amount }) => amount)).toEqual([
      (REWARD * 7n) / 8n,
      (REWARD * 6n) / 8n,
      REWARD + 2n * (REWARD / 32n),
    ]);
  });
});
