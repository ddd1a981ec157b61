import { describe, expect, it } from 'vitest';
import { exponential, logNormal, pick, sampleOf, weibull } from '../../../src/sim/distributions.js';
import { seededRandom } from '../../../src/sim/seeded-random.js';
import { mean, percentile } from '../../../src/sim/survey/percentile.js';

const DRAWS = 20_000;

function draws(draw: (random: ReturnType<typeof seededRandom>) => number): number[] {
  const random = seededRandom('distributions');
  return Array.from({ length: DRAWS }, () => draw(random));
}

describe('distributions', () => {
  it.each([
    { name: 'exponential', draw: (r: ReturnType<typeof seededRandom>) => exponential(r, 10), mean: 10, median: 6.93 },
    // Mean: scale * gamma(1 + 1/shape), which is gamma(3) = 2 here.
    { name: 'weibull', draw: (r: ReturnType<typeof seededRandom>) => weibull(r, 0.5, 100), mean: 200, median: 48 },
    { name: 'log-normal', draw: (r: ReturnType<typeof seededRandom>) => logNormal(r, 50, 1), mean: 82.4, median: 50 },
  ])('$name has the mean and the median that theory gives', ({ draw, mean: expected, median }) => {
    const values = draws(draw);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(mean(values) / expected).toBeCloseTo(1, 1);
    expect(percentile(values, 0.5) / median).toBeCloseTo(1, 1);
  });

  it('pick takes each alike, and nothing from nothing', () => {
    const random = seededRandom('pick');
    const counts = new Map<string | undefined, number>();
    for (let i = 0; i < 3_000; i++) {
      const item = pick(random, ['a', 'b', 'c']);
      counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(Math.min(...counts.values())).toBeGreaterThan(900);
    expect(pick(random, [])).toBeUndefined();
  });

  it('sampleOf takes each once at most, in an order of its own, and no more than there are', () => {
    const sample = sampleOf(['a', 'b', 'c', 'd', 'e'], 3, seededRandom('sample'));
    expect(new Set(sample).size).toBe(3);
    expect(sampleOf(['a', 'b', 'c'], 9, seededRandom('all')).sort()).toEqual(['a', 'b', 'c']);
    const orders = Array.from({ length: 40 }, (_, i) => sampleOf(['a', 'b', 'c'], 3, seededRandom(`${i}`)).join(''));
    expect(new Set(orders).size).toBe(6);
  });
});
