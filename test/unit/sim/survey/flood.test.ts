import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floodTimes, type LinkCost, scheduledFloodTimes } from '../../../../src/sim/survey/flood.js';

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

  it('with lines choose the copy that arrives first of all that are of use', () => {
    /** The same by looking at all of them each time. */
    const slowly = (
      count: number,
      neighbours: (place: number) => number[],
      cost: (a: number, b: number) => LinkCost,
    ) => {
      const times = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
      const freeMs = new Array<number>(count).fill(0);
      times[0] = 0;
      for (;;) {
        const ways = all(count)
          .filter((from) => Number.isFinite(times[from]))
          .flatMap((from) => neighbours(from).map((to) => ({ from, to, ...cost(from, to) })))
          .filter(({ to }) => !Number.isFinite(times[to]))
          .map((way) => ({ ...way, leftMs: Math.max(freeMs[way.from] ?? 0, times[way.from] ?? 0) + way.lineMs }))
          .sort((a, b) => a.leftMs + a.restMs - b.leftMs - b.restMs || a.from - b.from || a.to - b.to);
        const [best] = ways;
        if (best === undefined) return times;
        times[best.to] = best.leftMs + best.restMs;
        freeMs[best.from] = best.leftMs;
      }
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 2 ** 20 }), { minLength: 9 }),
        (count, lots) => {
          const lot = (a: number, b: number): number => lots[(a * 31 + b * 17) % lots.length] ?? 0;
          const neighbours = (place: number): number[] =>
            all(count).filter((to) => to !== place && lot(place, to) % 3 > 0);
          const cost = (a: number, b: number): LinkCost => ({
            lineMs: 50 + a,
            restMs: lot(b, a),
          });
          expect(scheduledFloodTimes(count, 0, neighbours, cost)).toEqual(slowly(count, neighbours, cost));
        },
      ),
    );
  });
});
