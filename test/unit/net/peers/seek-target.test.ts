import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../src/base/brand.js';
import { seekTarget } from '../../../../src/net/peers/seek-target.js';
import { fakeScheme } from '../../../support/fake-identity.js';
import { seededRandom } from '../../../support/seeded-random.js';

const nodeIdOf = (key: Parameters<typeof fakeScheme.nodeIdOf>[0]): NodeId => fakeScheme.nodeIdOf(key);
const bit = (id: NodeId): number => Number.parseInt(id.charAt(2), 16) >> 3;

describe('the target of a search for peers', () => {
  it('is among the ids that are wanted', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1 }), (seed, half) => {
        const target = seekTarget(seededRandom(seed), nodeIdOf, (id) => bit(id) === half);
        expect(bit(nodeIdOf(target))).toBe(half);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('is another one each time', () => {
    const random = seededRandom('seek');
    const targets = Array.from({ length: 20 }, () => seekTarget(random, nodeIdOf, () => true));
    expect(new Set(targets).size).toBe(20);
  });

  it('is found after a few draws, even if none is wanted', () => {
    let asked = 0;
    seekTarget(seededRandom('seek'), nodeIdOf, () => {
      asked++;
      return false;
    });
    expect(asked).toBeLessThan(16);
  });
});
