import { Heap } from '../base/heap.js';
import { invariant } from '../base/invariant.js';

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Virtual time: events run one by one in the order of (time, order of scheduling), and time jumps from one to the next. */
export interface Scheduler {
  nowMs(): number;
  /** Runs `run` at `atMs`, or now if that has passed; never within the call. */
  at(atMs: number, run: () => void): void;
  /** Runs the next event; false if there is none until `untilMs`. */
  step(untilMs: number): boolean;
  /** Lets time pass without an event; never back. */
  advanceTo(atMs: number): void;
  /** Events run so far. */
  count(): number;
}

/** An empty schedule that starts at `startMs`. */
export function createScheduler(startMs: number): Scheduler {
  const events = new Heap<Event>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence));
  let nowMs = startMs;
  let sequence = 0;
  let ran = 0;
  return {
    nowMs: () => nowMs,
    at(atMs, run) {
      invariant(!Number.isNaN(atMs), 'an event needs a time');
      events.push({ atMs: Math.max(atMs, nowMs), sequence: sequence++, run });
    },
    step(untilMs) {
      const next = events.peek();
      if (next === undefined || next.atMs > untilMs) return false;
      events.pop();
      nowMs = next.atMs;
      ran++;
      next.run();
      return true;
    },
    advanceTo(atMs) {
      nowMs = Math.max(nowMs, atMs);
    },
    count: () => ran,
  };
}
