import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { toHex } from '../../../src/base/hex.js';
import { createKeccak, initKeccak, type Keccak, keccak256, keccak256Hex } from '../../../src/crypto/keccak.js';
import { createHashOnce, MAX_ONCE_BYTES } from '../../../src/crypto/keccak-once.js';

// Made before the WebAssembly hasher is ready, so that it is the other implementation.
const early = createKeccak();
const earlyEmpty = keccak256Hex(new Uint8Array(0));

beforeAll(initKeccak);

const known = [
  { name: 'nothing', bytes: '', hash: '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470' },
  { name: 'abc', bytes: 'abc', hash: '0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45' },
  { name: 'the empty list', bytes: '\xc0', hash: '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347' },
];

describe('keccak256', () => {
  it.each(known)('hashes $name', ({ bytes, hash }) => {
    const input = Buffer.from(bytes, 'latin1');
    expect(keccak256Hex(input)).toBe(hash);
    expect(toHex(keccak256(input))).toBe(hash);
  });

  it('is the same before the fast one is ready', () => {
    expect(earlyEmpty).toBe(known[0]?.hash);
  });

  it('gives an array of its own each time', () => {
    const first = keccak256(Uint8Array.of(1));
    const copy = Uint8Array.from(first);
    keccak256(Uint8Array.of(2));
    expect(first).toEqual(copy);
    expect(first.buffer.byteLength).toBe(32);
  });

  it('hashes a view and not what lies around it', () => {
    expect(keccak256Hex(Buffer.from('xabcx').subarray(1, 4))).toBe(known[1]?.hash);
  });

  it.each([0, 1, 135, 136, 137, 271, 272, 273, 16_384, MAX_ONCE_BYTES, MAX_ONCE_BYTES + 1, 100_000])(
    'hashes %i bytes as in pieces',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => i & 255);
      const running = early.clone();
      for (let at = 0; at < length; at += 1000) running.update(bytes.subarray(at, at + 1000));
      expect(toHex(running.digest())).toBe(keccak256Hex(bytes));
    },
  );
});

describe('createHashOnce', () => {
  it('gives what another implementation gives, whatever was hashed before', () => {
    const hash = createHashOnce();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(toHex(hash(bytes))).toBe(toHex(keccak_256(bytes)));
      }),
    );
  });
});

describe('a running hash', () => {
  const kinds: { name: string; create: () => Keccak }[] = [
    { name: 'before the fast one is ready', create: () => early.clone() },
    { name: 'after', create: createKeccak },
  ];
  it.each(kinds)('started $name goes on after each digest and each one-shot hash', ({ create }) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (parts) => {
        const running = create();
        for (const [i, part] of parts.entries()) {
          running.update(part);
          const expected = keccak256Hex(concatBytes(...parts.slice(0, i + 1)));
          expect(toHex(running.digest())).toBe(expected);
        }
      }),
    );
  });

  it.each(kinds)('started $name has clones that go their own way', ({ create }) => {
    const left = create();
    left.update(Uint8Array.of(1));
    const right = left.clone();
    left.update(Uint8Array.of(2));
    right.update(Uint8Array.of(3));
    expect(toHex(left.digest())).toBe(keccak256Hex(Uint8Array.of(1, 2)));
    expect(toHex(right.digest())).toBe(keccak256Hex(Uint8Array.of(1, 3)));
  });
});
