import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/invariant.js';
import { encodeRlp, encodeRlpList, rlpBigInt, rlpBytes, rlpNumber } from '../../../src/codec/rlp-writer.js';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('encodeRlp', () => {
  const cases = [
    { name: 'the empty string', value: new Uint8Array(0), hex: '80' },
    { name: 'a small byte as itself', value: Uint8Array.of(0x7f), hex: '7f' },
    { name: 'a zero byte as itself', value: Uint8Array.of(0), hex: '00' },
    { name: 'a large byte with a prefix', value: Uint8Array.of(0x80), hex: '8180' },
    { name: 'the integer 0 as the empty string', value: 0, hex: '80' },
    { name: 'a number', value: 1024, hex: '820400' },
    { name: 'a bigint', value: 2n ** 64n, hex: '89010000000000000000' },
    { name: 'the empty list', value: [], hex: 'c0' },
    { name: 'lists in lists', value: [[], [[]], [[], [[]]]], hex: 'c7c0c1c0c3c0c1c0' },
    { name: '55 bytes in the short form', value: new Uint8Array(55), hex: `b7${'00'.repeat(55)}` },
    { name: '56 bytes in the long form', value: new Uint8Array(56), hex: `b838${'00'.repeat(56)}` },
  ];
  it.each(cases)('writes $name', ({ value, hex }) => {
    expect(hexOf(encodeRlp(value))).toBe(hex);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN, -1n])('will not write %s', (value) => {
    expect(() => encodeRlp([value])).toThrow(InvariantError);
  });
});

describe('the piecewise writers', () => {
  it('write what the general one writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
        fc.bigInt({ min: 0n, max: 2n ** 256n }),
        fc.maxSafeNat(),
        (parts, big, small) => {
          expect(hexOf(rlpBigInt(big))).toBe(hexOf(encodeRlp(big)));
          expect(hexOf(rlpNumber(small))).toBe(hexOf(encodeRlp(small)));
          const list = encodeRlpList([...parts.map(rlpBytes), rlpBigInt(big), rlpNumber(small)]);
          expect(hexOf(list)).toBe(hexOf(encodeRlp([...parts, big, small])));
        },
      ),
    );
  });

  it.each([255, 256, 65535, 65536, 16_777_216])('write a list of %i bytes', (length) => {
    const part = encodeRlp(new Uint8Array(length));
    expect(encodeRlpList([part]).subarray(0, 8)).toEqual(encodeRlp([new Uint8Array(length)]).subarray(0, 8));
  });
});
