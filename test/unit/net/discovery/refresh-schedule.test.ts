import { describe, expect, it } from 'vitest';
import {
  FIRST_FULL_PAUSE_MS,
  FIRST_PAUSE_MS,
  FULL_PAUSE_MS,
  MAX_EMPTY_PAUSE_MS,
  MAX_SPARSE_PAUSE_MS,
  RefreshSchedule,
} from '../../../../src/net/discovery/refresh-schedule.js';
import { seededRandom } from '../../../support/seeded-random.js';

describe('refresh schedule', () => {
  const pauses = (tableSize: number, times: number): number[] => {
    const schedule = new RefreshSchedule(seededRandom(1));
    return Array.from({ length: times }, () => {
      schedule.began();
      schedule.ended(0, tableSize);
      return schedule.nextWake();
    });
  };

  const cases: [name: string, tableSize: number, first: number, last: number][] = [
    ['an empty table', 0, FIRST_PAUSE_MS, MAX_EMPTY_PAUSE_MS],
    ['a nearly empty one', 3, FIRST_PAUSE_MS, MAX_SPARSE_PAUSE_MS],
    ['a full one', 100, FIRST_FULL_PAUSE_MS, FULL_PAUSE_MS],
  ];
  it.each(cases)('%s', (_, tableSize, first, last) => {
    const all = pauses(tableSize, 12);
    expect((all[0] as number) / first).toBeCloseTo(1, 0);
    expect((all[11] as number) / last).toBeCloseTo(1, 0);
  });

  it('is young until the pauses are long, and again once it has lost its nodes', () => {
    const schedule = new RefreshSchedule(seededRandom(1));
    const young = Array.from({ length: 6 }, () => {
      schedule.began();
      schedule.ended(0, 100);
      return schedule.isYoung();
    });
    expect(young).toEqual([true, true, true, true, false, false]);
    schedule.soon(0);
    expect(schedule.isYoung()).toBe(true);
  });

  it('comes soon after the table changed, but not while a refresh is under way', () => {
    const schedule = new RefreshSchedule(seededRandom(1));
    schedule.began();
    schedule.soon(0);
    expect(schedule.nextWake()).toBe(Number.POSITIVE_INFINITY);
    schedule.ended(0, 100);
    schedule.soon(1000);
    expect(schedule.nextWake()).toBe(1000 + FIRST_PAUSE_MS);
  });
});
