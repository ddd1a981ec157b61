import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../src/platform/workers/pacer.js';
import { workerUrl } from '../../../src/platform/workers/worker-url.js';

/** Runs slices that take no time of their own for `forMs`, and counts the hashes. */
function hashesIn(pacer: Pacer, forMs: number, lateMs: number): number {
  let nowMs = 1000;
  let hashes = 0;
  while (nowMs < 1000 + forMs) {
    hashes += pacer.slice;
    nowMs += pacer.rest(pacer.slice, nowMs, nowMs) + lateMs;
  }
  return hashes;
}

describe('Pacer', () => {
  it.each([
    { name: 'timers in time', rate: 75_000, lateMs: 0, least: 0.98 },
    { name: 'timers a little late', rate: 75_000, lateMs: 3, least: 0.98 },
    { name: 'a low rate', rate: 50, lateMs: 1, least: 0.9 },
  ])('keeps the rate: $name', ({ rate, lateMs, least }) => {
    const hashes = hashesIn(new Pacer(rate), 10_000, lateMs);
    expect(hashes).toBeGreaterThan(rate * 10 * least);
    expect(hashes).toBeLessThan(rate * 10.05 + 100);
  });

  it('does not make up for a long sleep', () => {
    const pacer = new Pacer(1000);
    pacer.rest(pacer.slice, 0, 0);
    pacer.rest(pacer.slice, 60_000, 60_000);
    expect(pacer.rest(pacer.slice, 60_000, 60_000)).toBeGreaterThan(20);
  });

  it('tries the hashes of its head start at once, and keeps the rate from then on', () => {
    const pacer = new Pacer(1000, 2_000);
    let rests = 0;
    for (let hashes = 0; hashes < 2_000; hashes += pacer.slice) rests += pacer.rest(pacer.slice, 0, 0);
    expect(rests).toBe(0);
    expect(hashesIn(pacer, 10_000, 0)).toBeLessThan(10_100);
  });

  it('adapts free slices to the speed and never rests', () => {
    const pacer = new Pacer(Number.POSITIVE_INFINITY);
    expect(pacer.rest(pacer.slice, 0, 1)).toBe(0);
    expect(pacer.slice).toBe(5000);
  });
});

describe('workerUrl', () => {
  it.each([
    { here: 'file:///p/src/platform/workers/worker-url.ts', url: 'file:///p/dist/src/platform/workers/seal-worker.js' },
    {
      here: 'file:///p/dist/src/platform/workers/worker-url.js',
      url: 'file:///p/dist/src/platform/workers/seal-worker.js',
    },
  ])('$here', ({ here, url }) => {
    expect(workerUrl('seal-worker', here).href).toBe(url);
  });
});
