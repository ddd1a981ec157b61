import { expect, it } from 'vitest';
import { nextDifficulty } from '../../src/consensus/difficulty.js';
import { type ForkName, forksUpTo } from '../../src/types/chain-spec.js';
import { rulesAt } from '../../src/types/rules.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface DifficultyCase {
  readonly currentBlockNumber: string;
  readonly currentTimestamp: string;
  readonly parentTimestamp: string;
  readonly parentDifficulty: string;
  readonly parentUncles: string;
  readonly currentDifficulty: string;
}

const FILES: readonly [file: string, fork: ForkName][] = [
  ['difficulty/dfHomestead/difficultyHomestead.json', 'homestead'],
  ['difficulty/dfByzantium/difficultyByzantium.json', 'byzantium'],
  ['difficulty/dfConstantinople/difficultyConstantinople.json', 'constantinople'],
  ['difficulty/dfEIP2384/difficultyEIP2384.json', 'berlin'],
  ['difficulty/dfEIP2384/difficultyEIP2384_random.json', 'berlin'],
  ['difficulty/dfEIP2384/difficultyEIP2384_random_to20M.json', 'berlin'],
];

/** How many blocks later than Muir Glacier's bomb London's goes off (EIP-3554). */
const LONDON_LAG = 700_000;

function readCases(file: string): [name: string, DifficultyCase][] {
  const suite =
    Object.values(readVector<Record<string, Record<string, Record<string, DifficultyCase>>>>(file))[0] ?? {};
  return Object.entries(suite).flatMap(([key, cases]) => (key === '_info' ? [] : Object.entries(cases)));
}

function wrongCases(cases: readonly [string, DifficultyCase][], fork: ForkName, lag: number): string[] {
  const spec = {
    chainId: 1n,
    networkId: 1n,
    forks: forksUpTo(fork),
    difficultyStep: undefined,
    blockReward: undefined,
  };
  const wrong = cases.filter(([, test]) => {
    const number = Number(test.currentBlockNumber) + lag;
    const input = {
      number,
      timestamp: Number(test.currentTimestamp),
      parentTimestamp: Number(test.parentTimestamp),
      parentDifficulty: BigInt(test.parentDifficulty),
      parentHasUncles: test.parentUncles === '0x01',
    };
    return nextDifficulty(input, rulesAt(spec, number)) !== BigInt(test.currentDifficulty);
  });
  return wrong.map(([name]) => name);
}

describeVectors('difficulty/', () => {
  it.each(FILES)('%s under %s', (file, fork) => {
    const cases = readCases(file);
    expect(cases).toHaveLength(expectedCases(file));
    expect(wrongCases(cases, fork, 0)).toEqual([]);
    passed('difficulty', ...cases.map(([name]) => `${file} ${name}`));
  });

  it.each(FILES.filter(([, fork]) => fork === 'berlin'))('%s, later, under london', (file) => {
    expect(wrongCases(readCases(file), 'london', LONDON_LAG)).toEqual([]);
  });

  it('every file is among them', () => {
    const listed = FILES.reduce((sum, [file]) => sum + expectedCases(file), 0);
    expect(listed).toBe(expectedCases('difficulty/'));
  });
});
