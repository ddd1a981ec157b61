import { describe, expect, it } from 'vitest';
import { SeekSchedule } from '../../../../../src/net/peers/dialing/seek-schedule.js';

const T0 = 1_700_000_000_000;

/** The seconds at which it looks, of an hour, if `known` nodes had come up by then. */
function looks(known: (seconds: number) => number): number[] {
  const schedule = new SeekSchedule();
  return Array.from({ length: 720 }, (_, i) => 5 * i).filter((s) => schedule.take(T0 + 1000 * s, known(s)));
}

describe('schedule of searches', () => {
  it('looks every ten seconds while new nodes come up', () => {
    expect(looks((seconds) => 1 + seconds).slice(0, 6)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('looks ever more rarely where there is nobody new, up to every five minutes', () => {
    const times = looks(() => 7);
    expect(times.slice(0, 6)).toEqual([0, 10, 30, 70, 150, 310]);
    expect(times.slice(1).map((time, i) => time - (times[i] ?? 0))).toContain(300);
    expect(times.length).toBeLessThan(20);
  });

  it('looks often again when somebody came up', () => {
    const times = looks((seconds) => (seconds < 600 ? 7 : 8));
    const after = times.filter((time) => time >= 600);
    expect((after[1] ?? 0) - (after[0] ?? 0)).toBe(10);
  });
});
