import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MIN_DIFFICULTY, nextDifficulty } from '../../../src/consensus/difficulty.js';
import { blockTimestamp } from '../../../src/miner/block-time.js';
import { type Genesis, parseGenesis } from '../../../src/types/genesis-file.js';
import { rulesAt } from '../../../src/types/rules.js';
import { seededRandom } from '../../support/seeded-random.js';

// What `genesis/format.md` says about the pace of the devnet, measured on a model of it: blocks are found after
// exponential times, stamped in whole seconds, and headers are restamped once a second while a search runs.

/** Hashes a second of one devnet miner: `--miner.maxhashrate`, as genesis/format.md recommends. */
const MINER = 65_536;
/** Share of blocks with an uncle: two miners, some 25 ms apart, 2 s blocks. */
const UNCLE_RATE = 0.01;
/** Blocks from further ahead are held (protocol.md, time). */
const MAX_AHEAD_SEC = 15;

function devnet(): Genesis {
  const parsed = parseGenesis(JSON.parse(readFileSync('genesis/devnet.json', 'utf8')));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

interface Step {
  readonly seconds: number;
  readonly difficulty: bigint;
  readonly aheadSec: number;
}

/** Mines `blocks` blocks; `miners(number)` is how many run then. */
function mine(blocks: number, miners: (block: number) => number, seed: number): Step[] {
  const { spec, difficulty: genesisDifficulty, timestamp } = devnet();
  const rules = rulesAt(spec, 1);
  const random = seededRandom(seed);
  let nowSec = 1_750_000_000.4;
  let parent = { difficulty: genesisDifficulty, timestamp, hasUncles: false };
  return Array.from({ length: blocks }, (_, index) => {
    const startSec = nowSec;
    for (;;) {
      const stamp = blockTimestamp(parent.timestamp, Math.floor(nowSec), spec);
      const difficulty = nextDifficulty(
        {
          number: index + 1,
          timestamp: stamp,
          parentDifficulty: parent.difficulty,
          parentTimestamp: parent.timestamp,
          parentHasUncles: parent.hasUncles,
        },
        rules,
      );
      const searchSec = (-Math.log(1 - random.float()) * Number(difficulty)) / (MINER * miners(index));
      if (searchSec < 1) {
        // What is stamped too far ahead is held until its time has come.
        nowSec = Math.max(nowSec + searchSec, stamp - MAX_AHEAD_SEC);
        parent = { difficulty, timestamp: stamp, hasUncles: random.float() < UNCLE_RATE };
        return { seconds: nowSec - startSec, difficulty, aheadSec: stamp - nowSec };
      }
      nowSec += 1;
    }
  });
}

const mean = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + step.seconds, 0) / steps.length;
const windows = (steps: readonly Step[], size: number): Step[][] =>
  Array.from({ length: Math.floor(steps.length / size) }, (_, index) => steps.slice(index * size, (index + 1) * size));

describe('the pace of the devnet', () => {
  it('starts at about 2 s and stays there with two miners', () => {
    const steps = mine(20_000, () => 2, 1);
    expect(mean(steps.slice(0, 300))).toBeGreaterThan(1.7);
    expect(mean(steps.slice(0, 300))).toBeLessThan(2.3);
    for (const window of windows(steps, 2000)) {
      expect(mean(window)).toBeGreaterThan(1.6);
      expect(mean(window)).toBeLessThan(2.6);
    }
  });

  it('is a little slower with one miner, and never held up by the least difficulty', () => {
    const steps = mine(10_000, () => 1, 2);
    expect(mean(steps.slice(0, 200))).toBeLessThan(4.5);
    expect(mean(steps.slice(4000))).toBeLessThan(2.6);
    expect(Math.max(...steps.map((step) => step.seconds))).toBeLessThan(60);
    expect(steps.every((step) => step.difficulty > MIN_DIFFICULTY)).toBe(true);
  });

  it('takes one miner leaving and coming back', () => {
    const steps = mine(12_000, (block) => (block >= 4000 && block < 8000 ? 1 : 2), 3);
    expect(mean(steps.slice(7000, 8000))).toBeLessThan(2.7);
    expect(mean(steps.slice(10_000))).toBeGreaterThan(1.6);
  });

  it.each([4, 10])(
    'finds its pace again when there are %i miners, and never waits for the clock for long',
    (miners) => {
      const steps = mine(14_000, (block) => (block < 1000 ? 2 : miners), 4);
      expect(Math.max(...steps.map((step) => step.aheadSec))).toBeLessThanOrEqual(MAX_AHEAD_SEC);
      expect(Math.max(...steps.map((step) => step.seconds))).toBeLessThan(60);
      expect(mean(steps.slice(10_000))).toBeGreaterThan(1.6);
      expect(mean(steps.slice(10_000))).toBeLessThan(2.6);
    },
  );
});
