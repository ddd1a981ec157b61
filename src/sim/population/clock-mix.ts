import type { Random } from '../../ports/random.js';
import type { ClockError } from '../machines/node-clock.js';

/** How the clocks of a network are off. */
export interface ClockMix {
  /** Off by this at most, evenly, ahead or behind. */
  readonly skewMs: number;
  /** The last so many are off by {@link wrongMs} instead, by turns ahead and behind. */
  readonly wrong: number;
  readonly wrongMs: number;
  /** What each gains or loses at most, in millionths. */
  readonly driftPpm: number;
}

/** A node's clock, and what it is like. */
export interface DrawnClock {
  readonly kind: 'fair' | 'ahead' | 'behind';
  readonly error: ClockError;
}

/** A clock that shows true time. */
export const TRUE_CLOCK: DrawnClock = { kind: 'fair', error: { offsetMs: 0 } };

/** The clocks of so many nodes. */
export function drawClocks(
  random: Random,
  nodes: number,
  { skewMs, wrong, wrongMs, driftPpm }: ClockMix,
): DrawnClock[] {
  const evenly = (most: number): number => most * (2 * random.float() - 1);
  return Array.from({ length: nodes }, (_, index) => {
    const fromEnd = nodes - 1 - index;
    const kind = fromEnd >= wrong ? 'fair' : fromEnd % 2 === 0 ? 'ahead' : 'behind';
    const offsetMs = Math.round(kind === 'fair' ? evenly(skewMs) : kind === 'ahead' ? wrongMs : -wrongMs);
    return { kind, error: { offsetMs, driftPpm: evenly(driftPpm) } };
  });
}
