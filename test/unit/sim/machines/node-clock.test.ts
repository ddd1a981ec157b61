import { describe, expect, it } from 'vitest';
import { createNodeClock } from '../../../../src/sim/machines/node-clock.js';

const BEGIN_MS = 1_767_225_600_000;

describe('clock of a node', () => {
  it.each([
    { name: 'true', error: undefined },
    { name: 'ahead', error: { offsetMs: 3_600_000 } },
    { name: 'behind', error: { offsetMs: -10_000 } },
    { name: 'fast', error: { offsetMs: 0, driftPpm: 50 } },
    { name: 'slow and ahead', error: { offsetMs: 5_000, driftPpm: -137 } },
  ])('$name: a wake-up comes when it shows the time that was asked for, or at once after', ({ error }) => {
    const clock = createNodeClock(error, BEGIN_MS);
    for (let i = 0; i < 1_000; i++) {
      const shownMs = clock.at(BEGIN_MS + i * 7_919.37);
      const comesMs = clock.at(clock.trueMs(shownMs));
      expect(comesMs).toBeGreaterThanOrEqual(shownMs);
      expect(comesMs - shownMs).toBeLessThan(1.1);
    }
  });

  it('is off as much as it is told, and gains what it is told', () => {
    expect(createNodeClock({ offsetMs: -500 }, BEGIN_MS).at(BEGIN_MS + 9)).toBe(BEGIN_MS - 491);
    expect(createNodeClock({ offsetMs: 0, driftPpm: 100 }, BEGIN_MS).at(BEGIN_MS + 1e6)).toBe(BEGIN_MS + 1e6 + 100);
  });
});
