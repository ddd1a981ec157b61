import { describe, expect, it } from 'vitest';
import { createLinks, type LinkConfig } from '../../../src/sim/links.js';

const config: LinkConfig = { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 };
const ips = Array.from({ length: 60 }, (_, i) => `20.${i}.0.1`);
const pairs = ips.flatMap((a, i) => ips.slice(i + 1).map((b) => [a, b] as const));
const delays = (seed: string): number[] => {
  const links = createLinks(config, seed);
  return pairs.map(([a, b]) => links.delayMs(a, b));
};

describe('delays of links', () => {
  it('are the same in both directions, every time, and for the same seed', () => {
    const links = createLinks(config, '1');
    expect(pairs.map(([a, b]) => links.delayMs(b, a))).toEqual(delays('1'));
    expect(delays('1')).toEqual(delays('1'));
    expect(delays('2')).not.toEqual(delays('1'));
  });

  it('are spread evenly over their range', () => {
    const all = delays('1');
    expect(Math.min(...all)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...all)).toBeLessThanOrEqual(150);
    for (const tenth of [10, 24, 38, 52, 66, 80, 94, 108, 122, 136]) {
      const share = all.filter((ms) => ms >= tenth && ms < tenth + 14).length / all.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });
});
