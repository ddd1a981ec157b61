import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, numberToBytes } from '../../../src/base/bytes.js';
import { DecodeError, type DecodeErrorCode } from '../../../src/codec/decode-error.js';
import {
  countItems,
  decodeRlp,
  decodeRlpPrefix,
  type RlpCursor,
  type RlpItem,
  rlpList,
  rlpSequence,
} from '../../../src/codec/rlp-reader.js';
import { encodeRlp, type RlpEncodable } from '../../../src/codec/rlp-writer.js';

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

/** The code that `f` throws, or what it gives. */
function codeOf(f: () => unknown): DecodeErrorCode | unknown {
  try {
    return f();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** The header of a list whose items take `length` bytes. */
function listHeader(length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(0xc0 + length);
  const lengthBytes = numberToBytes(length);
  return Uint8Array.of(0xf7 + lengthBytes.length, ...lengthBytes);
}

/** Plain arrays and byte arrays only, so that `toEqual` compares contents. */
const plain = (item: RlpItem): unknown => (item instanceof Uint8Array ? Uint8Array.from(item) : item.map(plain));

const item: fc.Arbitrary<RlpEncodable> = fc.letrec<{ item: RlpEncodable; list: RlpEncodable[] }>((tie) => ({
  item: fc.oneof({ depthSize: 'small' }, fc.uint8Array({ maxLength: 80 }), tie('list')),
  list: fc.array(tie('item'), { maxLength: 8, depthIdentifier: 'rlp' }),
})).item;

describe('decodeRlp', () => {
  it('gives back whatever was encoded', () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(plain(decodeRlp(encodeRlp(value), { maxDepth: 64, maxItems: 10_000 }))).toEqual(value);
      }),
    );
  });

  it('accepts nothing but the encoding that the writer makes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let decoded: RlpItem;
        try {
          decoded = decodeRlp(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        expect(encodeRlp(decoded)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses an encoding cut off at any byte', () => {
    const bytes = encodeRlp([hex('01'), [new Uint8Array(60), []], new Uint8Array(300), [[hex('ff')]]]);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeRlp(bytes.subarray(0, end)), `cut at ${end}`).toThrow(DecodeError);
    }
  });

  const bad: { name: string; bytes: string; code: DecodeErrorCode }[] = [
    { name: 'no bytes at all', bytes: '', code: 'rlp-missing-item' },
    { name: 'a byte below 0x80 with a prefix', bytes: '817f', code: 'rlp-non-canonical' },
    { name: 'a long form for 55 bytes', bytes: `b837${'00'.repeat(55)}`, code: 'rlp-non-canonical' },
    { name: 'a long list form for 55 bytes', bytes: `f837${'80'.repeat(55)}`, code: 'rlp-non-canonical' },
    { name: 'a length with a leading zero', bytes: `b90038${'00'.repeat(56)}`, code: 'rlp-non-canonical' },
    { name: 'a string longer than the input', bytes: '83 0102', code: 'rlp-truncated' },
    { name: 'a list longer than the input', bytes: 'c3 0102', code: 'rlp-truncated' },
    { name: 'an item longer than its list', bytes: 'c2 8301 0203', code: 'rlp-truncated' },
    { name: 'a length cut off', bytes: 'b9 01', code: 'rlp-truncated' },
    { name: 'a length cut off by the end of the list', bytes: 'c2 b900 ffff', code: 'rlp-truncated' },
    { name: 'a claim of 2^64 - 1 bytes', bytes: 'bfffffffffffffffff', code: 'rlp-truncated' },
    { name: 'a list claim of 2^64 - 1 bytes', bytes: 'ffffffffffffffffff 00', code: 'rlp-truncated' },
    { name: 'a claim of 2^53 + 1 bytes', bytes: 'be20000000000001', code: 'rlp-truncated' },
    { name: 'bytes after the item', bytes: '80 00', code: 'rlp-trailing' },
    { name: 'bytes after the list', bytes: 'c0 c0', code: 'rlp-trailing' },
  ];
  it.each(bad)('refuses $name', ({ bytes, code }) => {
    expect(codeOf(() => decodeRlp(hex(bytes)))).toBe(code);
  });

  it('counts lists within lists up to the limit', () => {
    const nested = (depth: number): Uint8Array => {
      let bytes = hex('80');
      for (let i = 0; i < depth; i++) bytes = encodeRlp([decodeRlp(bytes, { maxDepth: 99, maxItems: 999 })]);
      return bytes;
    };
    expect(codeOf(() => decodeRlp(nested(16)))).not.toBe('rlp-too-deep');
    expect(codeOf(() => decodeRlp(nested(17)))).toBe('rlp-too-deep');
  });

  it('survives a bomb of 50,000 lists within lists', () => {
    // Built from the inside out: each header covers all that was built before.
    const headers: Uint8Array[] = [];
    for (let length = 1; headers.length < 50_000; length += headers.at(-1)?.length ?? 0)
      headers.push(listHeader(length));
    const bomb = concatBytes(...headers.reverse(), hex('80'));
    expect(codeOf(() => decodeRlp(bomb))).toBe('rlp-too-deep');
    expect(codeOf(() => decodeRlp(bomb, { maxDepth: 50_000, maxItems: 1_000_000 }))).toBeInstanceOf(Array);
  });

  it('counts items of all lists together up to the limit', () => {
    const bytes = encodeRlp([[1, 2], [3]]);
    expect(codeOf(() => decodeRlp(bytes, { maxDepth: 4, maxItems: 6 }))).toBeInstanceOf(Array);
    expect(codeOf(() => decodeRlp(bytes, { maxDepth: 4, maxItems: 5 }))).toBe('rlp-too-many-items');
  });

  it('takes time linear in the number of items', () => {
    const decoded = decodeRlp(concatBytes(listHeader(1_000_000), new Uint8Array(1_000_000).fill(0x80)));
    // A quadratic decoder needs a minute for this one; the test's own time limit is the assertion.
    expect(decoded.length).toBe(1_000_000);
  });

  it('gives views into the input', () => {
    const bytes = encodeRlp([hex('010203')]);
    const [first] = decodeRlp(bytes) as Uint8Array[];
    expect(first?.buffer).toBe(bytes.buffer);
  });
});

describe('decodeRlpPrefix', () => {
  it('ignores what follows the item and says where it begins', () => {
    const { item: first, length } = decodeRlpPrefix(hex('c20102 ffff'));
    expect(plain(first)).toEqual([hex('01'), hex('02')]);
    expect(length).toBe(3);
  });

  it('still refuses an item that is cut off', () => {
    expect(codeOf(() => decodeRlpPrefix(hex('c301')))).toBe('rlp-truncated');
  });
});

describe('RlpCursor', () => {
  it('reads each kind of field in order', () => {
    const cursor = rlpList(encodeRlp([hex('aabb'), 7n, 2n ** 64n, 300, [1, 2, 3], hex('0102'), [9]]));
    expect(cursor.bytes()).toEqual(hex('aabb'));
    expect(cursor.bigint(1)).toBe(7n);
    expect(cursor.bigint(9)).toBe(2n ** 64n);
    expect(cursor.number()).toBe(300);
    expect(cursor.nextIsList()).toBe(true);
    expect(cursor.listOf(3, (items) => items.number())).toEqual([1, 2, 3]);
    expect(cursor.fixed(2)).toEqual(hex('0102'));
    expect(cursor.hasNext()).toBe(true);
    expect(cursor.raw()).toEqual(hex('c109'));
    expect(cursor.hasNext()).toBe(false);
    cursor.done();
  });

  it('gives several items as one view', () => {
    const cursor = rlpList(encodeRlp([1n, hex('aabb'), [1, 2], 5n]));
    expect(cursor.span(3)).toEqual(hex('0182aabbc20102'));
    expect(cursor.number()).toBe(5);
    expect(() => cursor.span(1)).toThrow(DecodeError);
  });

  const bad: { name: string; value: RlpEncodable[]; read: (cursor: RlpCursor) => unknown; code: DecodeErrorCode }[] = [
    { name: 'an item past the end', value: [], read: (c) => c.bytes(), code: 'rlp-missing-item' },
    { name: 'a list as bytes', value: [[]], read: (c) => c.bytes(), code: 'rlp-expected-bytes' },
    { name: 'a list as an integer', value: [[]], read: (c) => c.bigint(32), code: 'rlp-expected-bytes' },
    { name: 'bytes as a list', value: [1], read: (c) => c.list(), code: 'rlp-expected-list' },
    { name: 'a field one byte short', value: [new Uint8Array(31)], read: (c) => c.fixed(32), code: 'bad-length' },
    { name: 'a field one byte long', value: [new Uint8Array(33)], read: (c) => c.fixed(32), code: 'bad-length' },
    { name: 'a long field', value: [new Uint8Array(33)], read: (c) => c.bytesUpTo(32), code: 'too-large' },
    { name: 'an integer of too many bytes', value: [2n ** 64n], read: (c) => c.bigint(8), code: 'too-large' },
    {
      name: 'an integer with a leading zero',
      value: [hex('0001')],
      read: (c) => c.bigint(8),
      code: 'rlp-non-canonical',
    },
    { name: 'zero as a byte', value: [hex('00')], read: (c) => c.number(), code: 'rlp-non-canonical' },
    { name: 'an unsafe number', value: [2n ** 53n], read: (c) => c.number(), code: 'too-large' },
    { name: 'a number of 8 bytes', value: [2n ** 56n], read: (c) => c.number(), code: 'too-large' },
    { name: 'items left over', value: [1], read: (c) => c.done(), code: 'rlp-trailing' },
    {
      name: 'too many items',
      value: [[1, 2, 3]],
      read: (c) => c.listOf(2, (i) => i.number()),
      code: 'rlp-too-many-items',
    },
  ];
  it.each(bad)('refuses $name', ({ value, read, code }) => {
    expect(codeOf(() => read(rlpList(encodeRlp(value))))).toBe(code);
  });

  it('reads the largest safe integer', () => {
    expect(rlpList(encodeRlp([Number.MAX_SAFE_INTEGER])).number()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('reads any integer that fits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        expect(rlpList(encodeRlp([value])).bigint(32)).toBe(value);
      }),
    );
  });

  it('does not let an inner list read past its end', () => {
    const inner = rlpList(hex('c4 c101 02 03')).list();
    expect(inner.number()).toBe(1);
    expect(codeOf(() => inner.number())).toBe('rlp-missing-item');
  });

  it('counts without consuming, up to a limit', () => {
    const cursor = rlpList(encodeRlp([1, [2, 3], 4]));
    expect(cursor.count(3)).toBe(3);
    expect(codeOf(() => cursor.count(2))).toBe('rlp-too-many-items');
    expect([cursor.hasMoreThan(3), cursor.hasMoreThan(2)]).toEqual([false, true]);
    expect(cursor.number()).toBe(1);
    cursor.skip();
    expect(cursor.number()).toBe(4);
    expect(countItems(encodeRlp([1, [2, 3], 4]), 10)).toBe(3);
  });

  it('leaves later versions their extra items', () => {
    const cursor = rlpList(encodeRlp([1, 2, [3]]));
    expect(cursor.number()).toBe(1);
    cursor.skipRest();
    cursor.done();
  });

  it('refuses bytes after a list but not after a sequence', () => {
    expect(codeOf(() => rlpList(hex('c101 00')))).toBe('rlp-trailing');
    const sequence = rlpSequence(hex('c101 02 ff'));
    expect(sequence.list().number()).toBe(1);
    expect(sequence.number()).toBe(2);
    expect(codeOf(() => sequence.bytes())).toBe('rlp-truncated');
  });
});
