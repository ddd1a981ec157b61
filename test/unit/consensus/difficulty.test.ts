import { describe, expect, it } from 'vitest';
import { type DifficultyInput, MIN_DIFFICULTY, nextDifficulty } from '../../../src/consensus/difficulty.js';
import { type ForkName, forksUpTo } from '../../../src/types/chain-spec.js';
import { type Rules, rulesAt } from '../../../src/types/rules.js';

function rules(last: ForkName, difficultyStep?: number): Rules {
  return rulesAt({ chainId: 1n, networkId: 1n, forks: forksUpTo(last), difficultyStep, blockReward: undefined }, 0);
}

const PARENT = 2048n * 1000n;

const input = (elapsed: number, more: Partial<DifficultyInput> = {}): DifficultyInput => ({
  number: 1,
  timestamp: 1000 + elapsed,
  parentTimestamp: 1000,
  parentDifficulty: PARENT,
  parentHasUncles: false,
  ...more,
});

describe('nextDifficulty', () => {
  const steps: [name: string, rules: Rules, elapsed: number, uncles: boolean, steps: bigint][] = [
    ['Homestead: up below 10 s', rules('homestead'), 9, false, 1n],
    ['Homestead: level from 10 s', rules('homestead'), 10, false, 0n],
    ['Homestead: down from 20 s', rules('homestead'), 20, false, -1n],
    ['Homestead: uncles do not count', rules('homestead'), 9, true, 1n],
    ['London: up below 9 s', rules('london'), 8, false, 1n],
    ['London: level from 9 s', rules('london'), 9, false, 0n],
    ['London: level from 18 s with uncles', rules('london'), 18, true, 0n],
    ['London: up by two below 9 s with uncles', rules('london'), 8, true, 2n],
    ['London: down by 99 at most', rules('london'), 100_000, false, -99n],
    ['own step: level from 2 s', rules('london', 2), 2, false, 0n],
    ['own step: down from 4 s', rules('london', 2), 4, false, -1n],
  ];
  it.each(steps)('%s', (_, rulesOf, elapsed, parentHasUncles, change) => {
    expect(nextDifficulty(input(elapsed, { parentHasUncles }), rulesOf)).toBe(PARENT + change * 1000n);
  });

  it('never falls below the minimum', () => {
    expect(nextDifficulty(input(1000, { parentDifficulty: MIN_DIFFICULTY }), rules('london'))).toBe(MIN_DIFFICULTY);
    expect(nextDifficulty(input(1, { parentDifficulty: 1n }), rules('london'))).toBe(MIN_DIFFICULTY);
  });

  it("London's bomb is nothing below block 9,900,000, and nothing ever with a step of our own (EIP-3554)", () => {
    const at = (number: number, rulesOf: Rules) => nextDifficulty(input(9, { number }), rulesOf) - PARENT;
    expect([9_899_999, 9_900_000, 10_000_000].map((number) => at(number, rules('london')))).toEqual([0n, 1n, 2n]);
    const own = rules('london', 2);
    expect(nextDifficulty(input(9, { number: 20_000_000 }), own)).toBe(nextDifficulty(input(9), own));
  });
});
