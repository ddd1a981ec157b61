import { describe, expect, it } from 'vitest';
import { blockTimestamp } from '../../../src/miner/block-time.js';
import { type ChainSpec, forksUpTo } from '../../../src/types/chain-spec.js';

const spec = (difficultyStep: number | undefined): ChainSpec => ({
  chainId: 1n,
  networkId: 1n,
  forks: forksUpTo('london'),
  difficultyStep,
  blockReward: undefined,
});

describe('blockTimestamp', () => {
  it.each([
    { name: 'now', step: undefined, nowSec: 113, stamp: 113 },
    { name: 'later than the parent', step: undefined, nowSec: 100, stamp: 101 },
    { name: 'later than a parent from the future', step: 2, nowSec: 90, stamp: 101 },
    { name: 'a fast block as it is', step: 2, nowSec: 101, stamp: 101 },
    { name: 'one step', step: 2, nowSec: 102, stamp: 102 },
    { name: 'whole steps', step: 2, nowSec: 105, stamp: 104 },
    { name: 'less than a step', step: 9, nowSec: 108, stamp: 108 },
    { name: 'every second with step 1', step: 1, nowSec: 107, stamp: 107 },
  ])('$name', ({ step, nowSec, stamp }) => {
    expect(blockTimestamp(100, nowSec, spec(step))).toBe(stamp);
  });
});
