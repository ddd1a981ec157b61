import type { ChainSpec } from '../types/chain-spec.js';

/**
 * The timestamp to give a block on top of one of `parentTimestamp`: now, but later than the parent.
 *
 * On a chain with a difficulty step of its own, a block that took at least one step is stamped a whole number of steps
 * after its parent. Its difficulty is the same, for that counts whole steps; the rest is not lost but counts for the
 * next block. So with a step of 2 s the mean block time is 2.4 s instead of 2.7 s, and the stamp is less than a step late.
 */
export function blockTimestamp(parentTimestamp: number, nowSec: number, spec: ChainSpec): number {
  const elapsed = Math.max(1, nowSec - parentTimestamp);
  const step = spec.difficultyStep;
  const rest = step !== undefined && elapsed >= step ? elapsed % step : 0;
  return parentTimestamp + elapsed - rest;
}
