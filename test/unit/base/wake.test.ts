import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Wake } from '../../../src/base/wake.js';

describe('Wake', () => {
  it('is never due until told', () => {
    const wake = new Wake();
    expect(wake.atMs).toBe(Number.POSITIVE_INFINITY);
    expect(wake.take(1e15)).toBe(false);
  });

  it('keeps the earliest time, and forgets it when taken', () => {
    const wake = new Wake();
    for (const atMs of [50, 20, 30]) wake.by(atMs);
    expect(wake.atMs).toBe(20);
    expect(wake.take(19)).toBe(false);
    expect(wake.take(20)).toBe(true);
    expect(wake.atMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('never lets a deadline pass, whatever comes and goes', () => {
    const step = fc.record({ key: fc.nat(5), inMs: fc.integer({ min: -1, max: 20 }), passMs: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const wake = new Wake();
        const deadlines = new Map<number, number>();
        let nowMs = 0;
        for (const { key, inMs, passMs } of steps) {
          if (inMs < 0) deadlines.delete(key);
          else {
            deadlines.set(key, nowMs + inMs);
            wake.by(nowMs + inMs);
          }
          nowMs += passMs;
          if (wake.take(nowMs)) {
            for (const [due, atMs] of [...deadlines]) {
              if (atMs <= nowMs) deadlines.delete(due);
              else wake.by(atMs);
            }
          }
          expect([...deadlines.values()].every((atMs) => atMs > nowMs && wake.atMs <= atMs)).toBe(true);
        }
      }),
    );
  });
});
