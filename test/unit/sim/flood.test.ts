import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floodTimes, scheduledFloodTimes } from '../../../src/sim/flood.js';

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('floods', () => {
  it('take the fastest way, and do not reach what is not connected', () => {
    const links: readonly (readonly number[])[] = [[1, 2], [0, 2], [0, 1], []];
    const linkMs = (from: number, to: number): number => (from + to === 2 ? 10 : 3);
    expect(floodTimes(4, 0, (place) => links[place] ?? [], linkMs)).toEqual([0, 3, 6, Number.POSITIVE_INFINITY]);
  });

  it('with lines that carry one copy after the other, each copy waits for the one before', () => {
    const star = (place: number): number[] => (place === 0 ? [1, 2, 3] : [0]);
    const times = scheduledFloodTimes(4, 0, star, (_, to) => ({ lineMs: 10, restMs: to }));
    expect(times).toEqual([0, 11, 22, 33]);
  });

  it('are faster over idle lines than over busy ones, and those who have it help', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 100 }), (count, lineMs) => {
        const idle = floodTimes(
          count,
          0,
          () => all(count),
          () => lineMs + 5,
        );
        const busy = scheduledFloodTimes(
          count,
          0,
          () => all(count),
          () => ({ lineMs, restMs: 5 }),
        );
        for (const [place, atMs] of busy.entries()) expect(atMs).toBeGreaterThanOrEqual(idle[place] ?? 0);
        expect(Math.max(...busy)).toBeLessThanOrEqual((count - 1) * lineMs + 5);
      }),
    );
  });
});
