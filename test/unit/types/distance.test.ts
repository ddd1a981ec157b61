import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/base/brand.js';
import { toNodeId } from '../../../src/base/hex.js';
import { compareDistance, logDistance } from '../../../src/types/distance.js';

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toNodeId);
const xor = (a: NodeId, b: NodeId): bigint => BigInt(a) ^ BigInt(b);

describe('distance', () => {
  const cases: [name: string, a: bigint, b: bigint, distance: number][] = [
    ['a node and itself', 5n, 5n, 0],
    ['ids that differ in the last bit', 4n, 5n, 1],
    ['ids that differ in bit 4', 0n, 16n, 5],
    ['ids that differ in the first bit', 0n, 1n << 255n, 256],
  ];
  it.each(cases)('%s', (_, a, b, distance) => {
    const hex = (value: bigint): NodeId => toNodeId(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
    expect(logDistance(hex(a), hex(b))).toBe(distance);
  });

  it('is the bit length of the XOR', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(logDistance(a, b)).toBe(a === b ? 0 : xor(a, b).toString(2).length);
      }),
    );
  });

  it('orders like the XOR', () => {
    fc.assert(
      fc.property(id, id, id, (target, a, b) => {
        const difference = xor(target, a) - xor(target, b);
        expect(Math.sign(compareDistance(target, a, b))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });
});
