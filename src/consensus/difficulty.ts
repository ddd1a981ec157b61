import type { Rules } from '../types/rules.js';

/** No block is easier than this (Yellow Paper, D0). */
export const MIN_DIFFICULTY = 131_072n;
/** One step is the parent's difficulty divided by this (Yellow Paper, 4.3.4). */
const BOUND_DIVISOR = 2048n;
/** However late a block is, its difficulty falls by at most this many steps (EIP-2). */
const MOST_STEPS_DOWN = -99n;
/** The bomb doubles once in so many blocks. */
const BOMB_PERIOD = 100_000;

/** What the difficulty of a block follows from, beside the rules. Timestamps in seconds. */
export interface DifficultyInput {
  readonly number: number;
  readonly timestamp: number;
  readonly parentDifficulty: bigint;
  readonly parentTimestamp: number;
  readonly parentHasUncles: boolean;
}

/**
 * The only difficulty that block `number` may have: EIP-2 (Homestead) or EIP-100 (from Byzantium), plus the bomb.
 * `timestamp` is later than the parent's.
 */
export function nextDifficulty(input: DifficultyInput, rules: Rules): bigint {
  const elapsed = BigInt(input.timestamp - input.parentTimestamp);
  const most = rules.unclesRaiseDifficulty && input.parentHasUncles ? 2n : 1n;
  const wanted = most - elapsed / rules.difficultyStep;
  const steps = wanted < MOST_STEPS_DOWN ? MOST_STEPS_DOWN : wanted;
  const adjusted = input.parentDifficulty + (input.parentDifficulty / BOUND_DIVISOR) * steps;
  const bounded = adjusted < MIN_DIFFICULTY ? MIN_DIFFICULTY : adjusted;
  return bounded + bomb(input.number, rules.bombDelay);
}

/** The difficulty bomb, as last delayed for London by EIP-3554: zero below block 9,900,000 there. */
function bomb(number: number, delay: number | undefined): bigint {
  if (delay === undefined) return 0n;
  const periods = Math.floor(Math.max(0, number - delay) / BOMB_PERIOD);
  return periods > 1 ? 2n ** BigInt(periods - 2) : 0n;
}
