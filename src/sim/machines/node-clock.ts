/** How far a machine's clock is from true time. */
export interface ClockError {
  /** At the beginning of the world; positive: its clock is ahead. */
  readonly offsetMs: number;
  /** What it gains in a second, in millionths of one; quartz is good for some tens. */
  readonly driftPpm?: number;
}

/** A machine's clock. */
export interface NodeClock {
  /** What it shows at a true time. */
  at(trueMs: number): number;
  /** The true time at which it shows this; a wake-up is set by the machine's clock and comes in true time. */
  trueMs(shownMs: number): number;
}

/** A clock that was `error.offsetMs` off at `sinceMs` and drifts from there. */
export function createNodeClock(error: ClockError | undefined, sinceMs: number): NodeClock {
  const { offsetMs, driftPpm = 0 } = error ?? { offsetMs: 0 };
  if (driftPpm === 0) return { at: (ms) => ms + offsetMs, trueMs: (ms) => ms - offsetMs };
  const rate = 1 + driftPpm / 1e6;
  return {
    at: (ms) => sinceMs + offsetMs + (ms - sinceMs) * rate,
    // Rather late than early: a wake-up that comes too early would be set again for the same moment, without end.
    trueMs: (ms) => Math.ceil(sinceMs + (ms - sinceMs - offsetMs) / rate + 0.01),
  };
}
