import { invariant } from '../base/invariant.js';
import { EventQueue } from './event-queue.js';

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
  const events = new EventQueue();
  let nowMs = startMs;
  let ran = 0;
  return {
    nowMs: () => nowMs,
    at(atMs, run) {
      invariant(!Number.isNaN(atMs), 'an event needs a time');
      events.add(Math.max(atMs, nowMs), run);
    },
    step(untilMs) {
      const atMs = events.firstAtMs();
      if (atMs > untilMs) return false;
      const run = events.take();
      if (run === undefined) return false;
      nowMs = atMs;
      ran++;
      run();
      return true;
    },
    advanceTo(atMs) {
      nowMs = Math.max(nowMs, atMs);
    },
    count: () => ran,
  };
}
