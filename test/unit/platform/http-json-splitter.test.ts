import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonSplitter } from '../../../src/platform/http/json-splitter.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe('the splitter', () => {
  it('gives back any objects and arrays, however the stream is cut', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    const property = fc.property(
      fc.array(value, { maxLength: 5 }),
      fc.constantFrom('', '\n', ' \t\r\n'),
      fc.integer({ min: 1, max: 7 }),
      (values, gap, size) => {
        const texts = values.map((item) => JSON.stringify(item));
        const stream = bytes(texts.join(gap));
        const splitter = createJsonSplitter(1 << 20);
        const found: string[] = [];
        for (let at = 0; at < stream.length; at += size)
          found.push(...(splitter.feed(stream.subarray(at, at + size)) ?? ['broken']));
        expect(found).toEqual(texts);
      },
    );
    fc.assert(property);
  });

  it.each(['x', '1', '"text"', '}', ']', '{} x'])('gives up on %j', (text) => {
    expect(createJsonSplitter(100).feed(bytes(text))).toBeUndefined();
  });

  it('bounds a text, whole or not', () => {
    expect(createJsonSplitter(10).feed(bytes('[12345678]'))).toEqual(['[12345678]']);
    expect(createJsonSplitter(10).feed(bytes('[123456789]'))).toBeUndefined();
    const splitter = createJsonSplitter(10);
    expect(splitter.feed(bytes('[1234567'))).toEqual([]);
    expect(splitter.feed(bytes('89,0'))).toBeUndefined();
  });
});
