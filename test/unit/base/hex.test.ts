import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_BLOOM,
  fromHex,
  leadingWord,
  parseAddress,
  parseHash32,
  parseHex,
  parsePublicKey,
  toAddress,
  toBlockNonce,
  toBloom,
  toHash32,
  toHex,
  toNodeId,
  toPublicKey,
  ZERO_ADDRESS,
  ZERO_BLOCK_NONCE,
  ZERO_HASH,
} from '../../../src/base/hex.js';
import { InvariantError } from '../../../src/base/invariant.js';

describe('hex', () => {
  it('has a leading word, whatever follows', () => {
    expect(leadingWord(toHex(Uint8Array.of(0xde, 0xad, 0xbe, 0xef)))).toBe(0xdeadbeef);
    expect(leadingWord(toHex(Uint8Array.of(0, 0, 1, 2, 3, 4)))).toBe(0x102);
  });

  it('gives back the bytes, in memory of their own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const back = fromHex(toHex(bytes));
        expect(back).toEqual(bytes);
        expect(back.buffer.byteLength).toBe(bytes.length);
      }),
    );
  });

  it('writes a view, not what lies around it', () => {
    expect(toHex(Uint8Array.of(1, 2, 3).subarray(1, 2))).toBe('0x02');
  });

  const texts = [
    { name: 'nothing after the prefix', text: '0x', hex: '0x' },
    { name: 'capitals', text: '0xABcd', hex: '0xabcd' },
    { name: 'an odd number of digits', text: '0xabc', hex: undefined },
    { name: 'no prefix', text: 'abcd', hex: undefined },
    { name: 'a capital prefix', text: '0Xab', hex: undefined },
    { name: 'a letter that is no digit', text: '0xag', hex: undefined },
    { name: 'a space', text: '0xab ', hex: undefined },
    { name: 'a line break', text: '0xab\n', hex: undefined },
  ];
  it.each(texts)('parses $name', ({ text, hex }) => {
    expect(parseHex(text)).toBe(hex);
  });
});

describe('fixed lengths', () => {
  const parsers = [
    { name: 'hash', parse: parseHash32, length: 32 },
    { name: 'address', parse: parseAddress, length: 20 },
    { name: 'public key', parse: parsePublicKey, length: 64 },
  ];
  it.each(parsers)('a $name has its length and no other', ({ parse, length }) => {
    expect(parse(`0x${'Ab'.repeat(length)}`)).toBe(`0x${'ab'.repeat(length)}`);
    expect(parse(`0x${'ab'.repeat(length - 1)}`)).toBeUndefined();
    expect(parse(`0x${'ab'.repeat(length + 1)}`)).toBeUndefined();
    expect(parse(`0x${'zz'.repeat(length)}`)).toBeUndefined();
  });

  const writers = [
    { name: 'hash', write: toHash32, length: 32 },
    { name: 'address', write: toAddress, length: 20 },
    { name: 'node id', write: toNodeId, length: 32 },
    { name: 'public key', write: toPublicKey, length: 64 },
    { name: 'bloom', write: toBloom, length: 256 },
    { name: 'block nonce', write: toBlockNonce, length: 8 },
  ];
  it.each(writers)('bytes of another length are no $name', ({ write, length }) => {
    expect(write(new Uint8Array(length).fill(0xcd))).toBe(`0x${'cd'.repeat(length)}`);
    expect(() => write(new Uint8Array(length - 1))).toThrow(InvariantError);
  });

  it('the zeros have the right size', () => {
    expect([ZERO_HASH, ZERO_ADDRESS, EMPTY_BLOOM, ZERO_BLOCK_NONCE].map((hex) => fromHex(hex).length)).toEqual([
      32, 20, 256, 8,
    ]);
  });
});
