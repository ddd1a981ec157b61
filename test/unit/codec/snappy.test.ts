import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesEqual } from '../../../src/base/bytes.js';
import { DecodeError, type DecodeErrorCode } from '../../../src/codec/decode-error.js';
import { compress, decompress } from '../../../src/codec/snappy.js';

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function codeOf(f: () => unknown): DecodeErrorCode | unknown {
  try {
    return f();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** Text with repetitions, so that copies of all kinds occur. */
const repetitive = fc
  .tuple(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(3), { maxLength: 200 }),
  )
  .map(([words, order]) => Uint8Array.from(order.flatMap((index) => [...(words[index % words.length] as Uint8Array)])));

describe('snappy', () => {
  it('gives back whatever was compressed', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        expect(decompress(compress(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it.each([0, 1, 60, 61, 256, 257, 65_535, 65_536, 65_537, 1_000_000])('gives back %i zero bytes', (length) => {
    const compressed = compress(new Uint8Array(length));
    expect(bytesEqual(decompress(compressed, length), new Uint8Array(length))).toBe(true);
  });

  it('gives back incompressible data, longer than one fragment', () => {
    const bytes = new Uint8Array(200_000);
    for (let i = 0, state = 1; i < bytes.length; i++) {
      state = (state * 48_271) % 2_147_483_647;
      bytes[i] = state & 255;
    }
    expect(bytesEqual(decompress(compress(bytes), bytes.length), bytes)).toBe(true);
  });

  it('compresses a Buffer into memory of its own', () => {
    const compressed = compress(Buffer.from('grapevine '.repeat(50)));
    expect(Buffer.isBuffer(compressed)).toBe(false);
    expect(compressed.buffer.byteLength).toBe(compressed.length);
    expect(text(decompress(compressed, 1000))).toBe('grapevine '.repeat(50));
  });

  const good: { name: string; bytes: string; content: string }[] = [
    { name: 'nothing', bytes: '00', content: '' },
    { name: 'a short literal', bytes: '03 08 616263', content: 'abc' },
    { name: 'a literal with a one-byte length', bytes: `3d f03c ${'61'.repeat(61)}`, content: 'a'.repeat(61) },
    { name: 'a literal with a four-byte length', bytes: '03 fc02000000 616263', content: 'abc' },
    { name: 'a copy with a one-byte offset', bytes: '07 08 616263 0103', content: 'abcabca' },
    { name: 'a copy with a two-byte offset', bytes: '06 08 616263 0a0300', content: 'abcabc' },
    { name: 'a copy with a four-byte offset', bytes: '06 08 616263 0b03000000', content: 'abcabc' },
    { name: 'a copy that overlaps itself', bytes: '41 00 61 fe0100', content: 'a'.repeat(65) },
  ];
  it.each(good)('reads $name', ({ bytes, content }) => {
    expect(text(decompress(hex(bytes), 100))).toBe(content);
  });

  const bad: { name: string; bytes: string; code: DecodeErrorCode }[] = [
    { name: 'no length', bytes: '', code: 'snappy-truncated' },
    { name: 'a length cut off', bytes: '80', code: 'snappy-truncated' },
    { name: 'a length of 33 bits', bytes: 'ffffffff1f 00', code: 'snappy-corrupt' },
    { name: 'a length that never ends', bytes: '808080808080', code: 'snappy-corrupt' },
    { name: 'a size above the limit', bytes: `65 ${'00'.repeat(101)}`, code: 'snappy-too-large' },
    { name: 'a size that no stream this short can have', bytes: '64 0061', code: 'snappy-too-large' },
    { name: 'fewer bytes than declared', bytes: '04 08 616263', code: 'snappy-truncated' },
    { name: 'more literal bytes than declared', bytes: '02 08 616263', code: 'snappy-corrupt' },
    { name: 'more copied bytes than declared', bytes: '06 08 616263 0103', code: 'snappy-corrupt' },
    { name: 'a literal cut off', bytes: '03 08 6162', code: 'snappy-truncated' },
    { name: 'a literal length cut off', bytes: '03 f0', code: 'snappy-truncated' },
    { name: 'a literal of 2^32 bytes', bytes: '03 fcffffffff 616263', code: 'snappy-truncated' },
    { name: 'a copy offset cut off', bytes: '06 08 616263 0a03', code: 'snappy-truncated' },
    { name: 'a one-byte copy offset cut off', bytes: '07 08 616263 01', code: 'snappy-truncated' },
    { name: 'a copy of offset zero', bytes: '07 08 616263 0100', code: 'snappy-corrupt' },
    { name: 'a copy from before the start', bytes: '07 08 616263 0104', code: 'snappy-corrupt' },
    { name: 'a copy before any output', bytes: '04 0101', code: 'snappy-corrupt' },
    { name: 'elements after the declared size', bytes: '03 08 616263 0061', code: 'snappy-corrupt' },
  ];
  it.each(bad)('refuses $name', ({ bytes, code }) => {
    expect(codeOf(() => decompress(hex(bytes), 100))).toBe(code);
  });

  it('refuses a stream cut off at any byte', () => {
    const compressed = compress(Buffer.from('the grapevine hears what the grapevine says; the grapevine hears'));
    for (let end = 0; end < compressed.length; end++) {
      expect(() => decompress(compressed.subarray(0, end), 1000), `cut at ${end}`).toThrow(DecodeError);
    }
  });

  it('either fills the declared size or throws a DecodeError, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(127), fc.uint8Array({ maxLength: 60 }), (declared, elements) => {
        const stream = Uint8Array.from([declared, ...elements]);
        let output: Uint8Array;
        try {
          output = decompress(stream, 1000);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        expect(output.length).toBe(declared);
      }),
      { numRuns: 5000 },
    );
  });

  it('sets no memory aside for a bomb', () => {
    // 4 GiB declared in six bytes.
    expect(codeOf(() => decompress(hex('ffffffff0f 00'), 2 ** 32))).toBe('snappy-too-large');
  });
});
