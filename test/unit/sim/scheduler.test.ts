import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../../src/sim/scheduler.js';

describe('scheduler', () => {
  it('runs events by time, and those of one time in the order of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 50 }), (times) => {
        const scheduler = createScheduler(0);
        const ran: { time: number; index: number }[] = [];
        for (const [index, time] of times.entries()) scheduler.at(time, () => ran.push({ time, index }));
        while (scheduler.step(Number.POSITIVE_INFINITY));
        const expected = times
          .map((time, index) => ({ time, index }))
          .sort((a, b) => a.time - b.time || a.index - b.index);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('shows an event its own time, and runs chained ones within the window', () => {
    const scheduler = createScheduler(100);
    const seen: number[] = [];
    scheduler.at(110, () => {
      seen.push(scheduler.nowMs());
      scheduler.at(115, () => seen.push(scheduler.nowMs()));
    });
    while (scheduler.step(120));
    expect(seen).toEqual([110, 115]);
    expect(scheduler.count()).toBe(2);
  });

  it('never runs an event late or in the past', () => {
    const scheduler = createScheduler(50);
    let at = 0;
    scheduler.at(10, () => {
      at = scheduler.nowMs();
    });
    expect(scheduler.step(49)).toBe(false);
    expect(scheduler.step(50)).toBe(true);
    expect(at).toBe(50);
  });
});
