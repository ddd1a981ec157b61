import { describe, expect, it } from 'vitest';
import { FAST_INTERVAL_MS, Revalidation } from '../../../../src/net/discovery/revalidation.js';
import { nodeRecord } from '../../../support/node-records.js';
import { seededRandom } from '../../../support/seeded-random.js';

describe('revalidation', () => {
  it('checks one node of each pace at a time, when due', () => {
    const revalidation = new Revalidation(seededRandom(1));
    expect([revalidation.nextWake(), revalidation.due(1e9)]).toEqual([Number.POSITIVE_INFINITY, []]);
    const ids = [1, 2, 3, 4].map((i) => nodeRecord(i).nodeId);
    for (const [i, id] of ids.entries()) revalidation.watch(0, id, i < 2 ? 'fast' : 'slow');
    const wake = revalidation.nextWake();
    expect(wake).toBeGreaterThanOrEqual(FAST_INTERVAL_MS / 2);
    expect(revalidation.due(wake - 1)).toEqual([]);
    const [fast, slow] = revalidation.due(1e6);
    expect(ids.slice(0, 2)).toContain(fast);
    expect(ids.slice(2)).toContain(slow);
    expect(revalidation.due(1e6)).toEqual([]);
    for (const id of ids) revalidation.forget(id);
    expect(revalidation.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('can be told to check all soon', () => {
    const revalidation = new Revalidation(seededRandom(1));
    const ids = Array.from({ length: 60 }, (_, i) => nodeRecord(i).nodeId);
    for (const id of ids) revalidation.watch(0, id, 'slow');
    revalidation.hurry(0);
    const checked: string[] = [];
    while (checked.length < ids.length) {
      const nowMs = revalidation.nextWake();
      for (const id of revalidation.due(nowMs)) {
        // Half of them are of the slow pace again by now.
        if (!checked.includes(id)) checked.push(id);
        revalidation.watch(nowMs, id, 'slow');
      }
      expect(nowMs).toBeLessThan(1.5 * ids.length * FAST_INTERVAL_MS);
    }
  });
});
