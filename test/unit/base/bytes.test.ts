import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asBuffer,
  bigIntToBytes,
  bigIntToFixedBytes,
  bytesEqual,
  bytesToBigInt,
  bytesToNumber,
  compareBytes,
  concatBytes,
  isZero,
  numberToBytes,
} from '../../../src/base/bytes.js';
import { InvariantError } from '../../../src/base/invariant.js';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('concatBytes', () => {
  it('joins in order and copies', () => {
    const first = Uint8Array.of(1, 2);
    const joined = concatBytes(first, new Uint8Array(0), Uint8Array.of(3));
    first[0] = 9;
    expect(joined).toEqual(Uint8Array.of(1, 2, 3));
    expect(concatBytes()).toEqual(new Uint8Array(0));
  });
});

describe('comparison', () => {
  const cases = [
    { name: 'equal strings', a: [1, 2], b: [1, 2], order: 0 },
    { name: 'a prefix first', a: [1], b: [1, 0], order: -1 },
    { name: 'unsigned bytes', a: [0x7f], b: [0x80], order: -1 },
    { name: 'the first difference decides', a: [2, 0], b: [1, 9], order: 1 },
    { name: 'empty strings', a: [], b: [], order: 0 },
  ];
  it.each(cases)('orders $name', ({ a, b, order }) => {
    const [left, right] = [Uint8Array.from(a), Uint8Array.from(b)];
    expect(compareBytes(left, right)).toBe(order);
    expect(bytesEqual(left, right)).toBe(order === 0);
  });

  it('compares contents, also of views and Buffers', () => {
    expect(bytesEqual(Uint8Array.of(0, 1, 2).subarray(1), Buffer.from([1, 2]))).toBe(true);
  });

  it('knows zeros', () => {
    expect(isZero(new Uint8Array(0))).toBe(true);
    expect(isZero(new Uint8Array(32))).toBe(true);
    expect(isZero(Uint8Array.of(0, 0, 1))).toBe(false);
  });
});

describe('integers', () => {
  it('survive the way through bytes, without leading zeros', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 260n }), (value) => {
        const bytes = bigIntToBytes(value);
        expect(bytes[0]).not.toBe(0);
        expect(bytesToBigInt(bytes)).toBe(value);
        expect(bytesToBigInt(concatBytes(new Uint8Array(3), bytes))).toBe(value);
      }),
    );
  });

  it('agree at every length with their text', () => {
    for (let length = 0; length <= 80; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
      expect(bytesToBigInt(bytes)).toBe(length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`));
      const framed = concatBytes(Uint8Array.of(9, 9), bytes, Uint8Array.of(9)).subarray(1);
      expect(bytesToBigInt(framed, 1, 1 + length)).toBe(bytesToBigInt(bytes));
    }
  });

  it('as numbers survive the way through bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(numberToBytes(value)).toEqual(bigIntToBytes(BigInt(value)));
        expect(bytesToNumber(numberToBytes(value))).toBe(value);
      }),
    );
    expect(bytesToNumber(numberToBytes(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
    expect(bytesToNumber(Uint8Array.of(0x20, 0, 0, 0, 0, 0, 1))).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  it('fill a fixed width or throw', () => {
    expect(hexOf(bigIntToFixedBytes(258n, 4))).toBe('00000102');
    expect(hexOf(bigIntToFixedBytes(0n, 2))).toBe('0000');
    expect(() => bigIntToFixedBytes(256n, 1)).toThrow(InvariantError);
    expect(() => bigIntToFixedBytes(-1n, 4)).toThrow(InvariantError);
  });

  it('that are negative or unsafe have no bytes', () => {
    expect(() => bigIntToBytes(-1n)).toThrow(InvariantError);
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => numberToBytes(value)).toThrow(InvariantError);
  });
});

describe('asBuffer', () => {
  it('shares memory with a view', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    asBuffer(bytes.subarray(1))[0] = 7;
    expect(bytes).toEqual(Uint8Array.of(1, 7, 3));
  });
});
