import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../src/base/brand.js';
import {
  FAST_HALF_LIFE_MS,
  HARD_HALF_LIFE_MS,
  Reputation,
  standingOf,
} from '../../../../src/net/defense/reputation.js';

const nodeId = (n: number): NodeId => `0x${n.toString(16).padStart(64, '0')}` as NodeId;
const A = nodeId(1);
const T0 = 1_700_000_000_000;

describe('standing', () => {
  it.each([
    [0, 'good'],
    [-19.9, 'good'],
    [-20, 'discouraged'],
    [-49.9, 'discouraged'],
    [-50, 'disconnect'],
    [-99.9, 'disconnect'],
    [-100, 'ban'],
  ] as const)('%d is %s', (score, standing) => expect(standingOf(score)).toBe(standing));
});

describe('Reputation', () => {
  it('starts everyone at zero and keeps nothing of the innocent', () => {
    const reputation = new Reputation();
    expect(reputation.scoreOf(T0, A)).toBe(0);
    expect(reputation.charge(T0, A, 'none', 0, 'x')).toBe(0);
    expect(reputation.size).toBe(0);
  });

  it('halves fast points in ten minutes and hard ones in a day', () => {
    const reputation = new Reputation();
    reputation.charge(T0, A, 'fast', 40, 'x');
    expect(reputation.scoreOf(T0 + FAST_HALF_LIFE_MS, A)).toBeCloseTo(-20);
    reputation.charge(T0, nodeId(2), 'hard', 40, 'x');
    expect(reputation.scoreOf(T0 + FAST_HALF_LIFE_MS, nodeId(2))).toBeCloseTo(-40, 0);
    expect(reputation.scoreOf(T0 + HARD_HALF_LIFE_MS, nodeId(2))).toBeCloseTo(-20);
  });

  it('decays the same however often it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 1, maxLength: 20 }), (steps) => {
        const [often, once] = [new Reputation(), new Reputation()];
        for (const reputation of [often, once]) reputation.charge(T0, A, 'hard', 60, 'x');
        let now = T0;
        for (const step of steps) {
          now += step;
          often.scoreOf(now, A);
        }
        expect(often.scoreOf(now, A)).toBeCloseTo(once.scoreOf(now, A), 6);
      }),
    );
  });

  it('never leaves -100..0, and a clock that goes back changes nothing', () => {
    const reputation = new Reputation();
    for (let i = 0; i < 10; i++) reputation.charge(T0, A, 'hard', 90, 'x');
    expect(reputation.scoreOf(T0, A)).toBe(-100);
    expect(reputation.scoreOf(T0 - 1_000_000, A)).toBe(-100);
  });

  it('lists scores worst first, and forgets what has decayed', () => {
    const reputation = new Reputation();
    reputation.charge(T0, A, 'fast', 5, 'late reply');
    reputation.charge(T0, nodeId(2), 'hard', 40, 'garbage');
    expect(reputation.scores(T0).map(({ id, score, lastFault }) => [id, score, lastFault])).toEqual([
      [nodeId(2), -40, 'garbage'],
      [A, -5, 'late reply'],
    ]);
    expect(reputation.scores(T0 + 10 * HARD_HALF_LIFE_MS)).toEqual([]);
    expect(reputation.size).toBe(0);
  });

  it('holds at most its capacity, and fresh identities with small faults push out no bad record', () => {
    const reputation = new Reputation(100);
    for (let i = 0; i < 50; i++) reputation.charge(T0, nodeId(i), 'hard', 90, 'x');
    for (let i = 50; i < 2_000; i++) {
      reputation.charge(T0 + i, nodeId(i), 'fast', 10, 'x');
      expect(reputation.size).toBeLessThanOrEqual(100);
    }
    for (let i = 0; i < 50; i++) expect(reputation.scoreOf(T0 + 5_000, nodeId(i))).toBeLessThan(-80);
  });

  it('forgives on request', () => {
    const reputation = new Reputation();
    reputation.charge(T0, A, 'hard', 100, 'x');
    expect(reputation.clear(A)).toBe(true);
    expect(reputation.clear(A)).toBe(false);
    expect(reputation.scoreOf(T0, A)).toBe(0);
  });
});
