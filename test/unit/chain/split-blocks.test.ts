import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { BlockSplitter } from '../../../src/chain/split-blocks.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { encodeRlp } from '../../../src/codec/rlp-writer.js';

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
};

describe('BlockSplitter', () => {
  it('finds the same lists however the stream is cut', () => {
    const list = fc.uint8Array({ maxLength: 400 }).map((bytes) => encodeRlp([bytes]));
    fc.assert(
      fc.property(fc.array(list, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 90 })), (lists, cuts) => {
        const stream = concatBytes(...lists);
        const splitter = new BlockSplitter();
        const found: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...splitter.push(stream.slice(at, at + cut)));
          at += cut;
        }
        found.push(...splitter.push(stream.slice(at)));
        splitter.end();
        expect(found.map((bytes) => [...bytes])).toEqual(lists.map((bytes) => [...bytes]));
      }),
    );
  });

  it('says that the stream ends within a list', () => {
    const bytes = encodeRlp([new Uint8Array(300)]);
    for (let length = 1; length < bytes.length; length++) {
      const splitter = new BlockSplitter();
      expect(splitter.push(bytes.subarray(0, length))).toEqual([]);
      expect(codeOf(() => splitter.end())).toBe('rlp-truncated');
    }
  });

  it.each([
    { name: 'a byte string', bytes: [0x83, 1, 2, 3], code: 'rlp-expected-list' },
    { name: 'text', bytes: [...Buffer.from('{"jsonrpc"')], code: 'rlp-expected-list' },
    { name: 'a claim of more than the limit', bytes: [0xfa, 0xff, 0xff, 0xff], code: 'too-large' },
    { name: 'a claim beyond 2^53', bytes: [0xff, 255, 255, 255, 255, 255, 255, 255, 255], code: 'too-large' },
  ])('refuses $name before it buffers it', ({ bytes, code }) => {
    expect(codeOf(() => new BlockSplitter(1 << 20).push(Uint8Array.from(bytes)))).toBe(code);
  });
});
