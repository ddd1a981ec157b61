import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../../src/base/brand.js';
import { keepsSpread } from '../../../../../src/net/peers/dialing/dial-spread.js';

/** An id by its first 16 bits. */
const id = (first: string): NodeId => `0x${first.padEnd(64, '0')}` as NodeId;
const SELF = id('0000');
const FAR = id('8000');

describe('the spread of the ids that we dial', () => {
  it.each([
    { name: 'a first peer, however near', nodeId: id('0001'), outbound: [], keeps: true },
    { name: 'a second of the nearest', nodeId: id('0001'), outbound: [id('0002')], keeps: false },
    { name: 'one of the other half in any case', nodeId: FAR, outbound: Array(20).fill(FAR), keeps: true },
    { name: 'the fourth of 8 in our half', nodeId: id('4000'), outbound: Array(3).fill(id('4001')), keeps: true },
    { name: 'the fifth of 8 in our half', nodeId: id('4000'), outbound: Array(4).fill(id('4001')), keeps: false },
    { name: 'the third of 8 in our quarter', nodeId: id('2000'), outbound: Array(2).fill(id('2001')), keeps: false },
    {
      name: 'one of our half beside a full quarter',
      nodeId: id('4000'),
      outbound: Array(2).fill(id('2001')),
      keeps: true,
    },
  ])('takes or leaves $name', ({ nodeId, outbound, keeps }) => {
    expect(keepsSpread(SELF, nodeId, outbound, 8)).toBe(keeps);
  });

  it('leaves no more than its share to any prefix of our id, whoever comes in whatever order', () => {
    const ids = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), (firsts, slots) => {
        const chosen: NodeId[] = [];
        for (const first of firsts) {
          const nodeId = id(first.toString(16).padStart(4, '0'));
          if (keepsSpread(SELF, nodeId, chosen, slots)) chosen.push(nodeId);
        }
        for (let bits = 1; bits <= 16; bits++) {
          const near = chosen.filter((nodeId) => Number.parseInt(nodeId.slice(2, 6), 16) < 2 ** (16 - bits));
          expect(near.length).toBeLessThanOrEqual(Math.ceil(slots / 2 ** bits));
        }
      }),
    );
  });
});
