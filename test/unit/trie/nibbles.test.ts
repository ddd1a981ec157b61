import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { commonLength, decodePath, nibble, nibbleAt, pathHex } from '../../../src/trie/nibbles.js';

describe('nibbles', () => {
  it('reads every nibble back', () => {
    for (let value = 0; value < 16; value++) expect(nibbleAt(nibble(value), 0)).toBe(value);
  });

  it.each([
    ['', '', 0],
    ['abc', '', 0],
    ['abc', 'abd', 2],
    ['abc', 'abc', 3],
    ['abc', 'abcdef', 3],
    ['1', '2', 0],
  ])('%j and %j share %i', (a, b, length) => {
    expect(commonLength(a, b)).toBe(length);
    expect(commonLength(b, a)).toBe(length);
  });

  it.each(['', 'a', 'ab', 'abc'])('encodes and decodes %j', (path) => {
    for (const isLeaf of [true, false]) {
      expect(decodePath(Buffer.from(pathHex(path, isLeaf), 'hex'))).toEqual({ path, isLeaf });
    }
  });

  it.each([
    ['nothing', ''],
    ['an unknown flag', '40'],
    ['padding in an even path', '01'],
    ['padding in an even leaf path', '2fab'],
  ])('refuses %s', (_, hex) => expect(() => decodePath(Buffer.from(hex, 'hex'))).toThrow(DecodeError));
});
