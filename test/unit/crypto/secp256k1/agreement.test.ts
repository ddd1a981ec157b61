import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToFixedBytes, concatBytes } from '../../../../src/base/bytes.js';
import { InvariantError } from '../../../../src/base/invariant.js';
import type { Crypto } from '../../../../src/crypto/crypto.js';
import { GROUP_ORDER as N } from '../../../../src/crypto/secp256k1/checked.js';
import { cryptoBackends } from '../../../support/crypto-backends.js';

const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const bytes32 = (value: bigint): Uint8Array => bigIntToFixedBytes(value, 32);
const signatureOf = (r: bigint, s: bigint): Uint8Array => concatBytes(bytes32(r), bytes32(s));
const hexOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

const backends = cryptoBackends();

/** What every implementation answers; fails if two differ. */
function agreed<T>(ask: (crypto: Crypto) => T): T {
  const answers = backends.map(ask);
  expect(answers.length).toBeGreaterThanOrEqual(2);
  for (const [i, answer] of answers.entries()) expect(answer, backends[i]?.name).toEqual(answers[0]);
  return answers[0] as T;
}

const scalar = fc.bigInt({ min: 1n, max: N - 1n });
/** Numbers near the bounds at which implementations tend to differ, and any other. */
const edgy = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, N / 2n, N / 2n + 1n, N - 1n, N, N + 1n, FIELD - 1n, FIELD, 2n ** 256n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
);
const digest = fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), edgy.map(bytes32));
const RUNS = { numRuns: 60 };

describe('all implementations', () => {
  it('make the same public keys and low-s, deterministic signatures, and recover and verify them', () => {
    fc.assert(
      fc.property(scalar, digest, (key, hash) => {
        const privateKey = bytes32(key);
        const publicKey = agreed((crypto) => hexOf(crypto.publicKey(privateKey)));
        const signature = agreed((crypto) => crypto.sign(hash, privateKey));
        expect(signature.s).toBeLessThanOrEqual(N / 2n);
        expect(hexOf(signature.bytes)).toBe(hexOf(signatureOf(signature.r, signature.s)));
        expect(agreed((crypto) => hexOf(crypto.recover(hash, signature.bytes, signature.yParity)))).toBe(publicKey);
        expect(agreed((crypto) => crypto.verify(hash, signature.bytes, crypto.publicKey(privateKey)))).toBe(true);
      }),
      RUNS,
    );
  });

  it('recover from a high s what its low twin gives with the other parity, but do not verify it', () => {
    fc.assert(
      fc.property(scalar, digest, (key, hash) => {
        const privateKey = bytes32(key);
        const { r, s, yParity } = agreed((crypto) => crypto.sign(hash, privateKey));
        const high = signatureOf(r, N - s);
        const publicKey = agreed((crypto) => hexOf(crypto.publicKey(privateKey)));
        expect(agreed((crypto) => hexOf(crypto.recover(hash, high, 1 - yParity)))).toBe(publicKey);
        expect(agreed((crypto) => crypto.verify(hash, high, crypto.publicKey(privateKey)))).toBe(false);
      }),
      RUNS,
    );
  });

  it('agree on what any bytes recover to', () => {
    fc.assert(
      fc.property(digest, edgy, edgy, fc.integer({ min: 0, max: 3 }), (hash, r, s, id) => {
        const key = agreed((crypto) => hexOf(crypto.recover(hash, signatureOf(r, s), id)));
        if (r === 0n || s === 0n || r >= N || s >= N) expect(key).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('agree on an R whose x is r + n', () => {
    // Only r below p - n (about 2^128) has such a twin; about half of them are x coordinates of points.
    const found = [];
    for (let r = 1n; r <= 12n; r++) {
      for (const id of [2, 3])
        found.push(agreed((crypto) => hexOf(crypto.recover(bytes32(5n), signatureOf(r, 7n), id))));
    }
    expect(found.some((key) => key !== undefined)).toBe(true);
    expect(found.some((key) => key === undefined)).toBe(true);
    expect(agreed((crypto) => hexOf(crypto.recover(bytes32(5n), signatureOf(FIELD - N, 7n), 2)))).toBeUndefined();
  });

  it('agree on what any bytes verify to', () => {
    const privateKey = bytes32(42n);
    fc.assert(
      fc.property(digest, edgy, edgy, (hash, r, s) => {
        expect(agreed((crypto) => crypto.verify(hash, signatureOf(r, s), crypto.publicKey(privateKey)))).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('share secrets, and refuse any 64 bytes that are not a point', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const [left, right] = [bytes32(a), bytes32(b)];
        const secret = agreed((crypto) => hexOf(crypto.ecdh(left, crypto.publicKey(right))));
        expect(secret).toHaveLength(64);
        expect(agreed((crypto) => hexOf(crypto.ecdh(right, crypto.publicKey(left))))).toBe(secret);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(scalar, edgy, edgy, (key, x, y) => {
        agreed((crypto) => hexOf(crypto.ecdh(bytes32(key), signatureOf(x, y))));
      }),
      RUNS,
    );
  });

  const notPoints = [
    { name: 'zeros', point: new Uint8Array(64) },
    { name: 'x and y above the field', point: new Uint8Array(64).fill(0xff) },
    { name: 'x = 5, which no point has', point: signatureOf(5n, 1n) },
    { name: 'x and y of no point', point: signatureOf(1n, 1n) },
    { name: 'a key one byte short', point: new Uint8Array(63).fill(1) },
    { name: 'a key with its prefix', point: new Uint8Array(65).fill(4) },
  ];
  it.each(notPoints)('take $name for no public key', ({ point }) => {
    const hash = bytes32(1n);
    expect(agreed((crypto) => crypto.ecdh(bytes32(3n), point))).toBeUndefined();
    expect(agreed((crypto) => crypto.verify(hash, crypto.sign(hash, bytes32(3n)).bytes, point))).toBe(false);
  });

  const privateKeys = [
    { name: 'zero', key: new Uint8Array(32), valid: false },
    { name: 'one', key: bytes32(1n), valid: true },
    { name: 'n - 1', key: bytes32(N - 1n), valid: true },
    { name: 'n', key: bytes32(N), valid: false },
    { name: '2^256 - 1', key: new Uint8Array(32).fill(0xff), valid: false },
    { name: '31 bytes', key: new Uint8Array(31).fill(1), valid: false },
    { name: '33 bytes', key: new Uint8Array(33).fill(1), valid: false },
  ];
  it.each(privateKeys)('agree on the private key $name', ({ key, valid }) => {
    expect(agreed((crypto) => crypto.isValidPrivateKey(key))).toBe(valid);
    const uses: ((crypto: Crypto) => unknown)[] = [
      (crypto) => crypto.publicKey(key),
      (crypto) => crypto.sign(bytes32(1n), key),
      (crypto) => crypto.ecdh(key, crypto.publicKey(bytes32(2n))),
    ];
    for (const use of uses) {
      for (const crypto of backends) {
        if (valid) use(crypto);
        else expect(() => use(crypto), crypto.name).toThrow(InvariantError);
      }
    }
  });

  const shapes = [
    { name: 'a short digest', hash: new Uint8Array(31), signature: new Uint8Array(64).fill(1), id: 0 },
    { name: 'a long digest', hash: new Uint8Array(33), signature: new Uint8Array(64).fill(1), id: 0 },
    { name: 'a short signature', hash: bytes32(1n), signature: new Uint8Array(63).fill(1), id: 0 },
    { name: 'a long signature', hash: bytes32(1n), signature: new Uint8Array(65).fill(1), id: 0 },
    { name: 'a recovery id of 4', hash: bytes32(1n), signature: new Uint8Array(64).fill(1), id: 4 },
    { name: 'a recovery id of 27', hash: bytes32(1n), signature: new Uint8Array(64).fill(1), id: 27 },
    { name: 'a negative recovery id', hash: bytes32(1n), signature: new Uint8Array(64).fill(1), id: -1 },
    { name: 'no recovery id', hash: bytes32(1n), signature: new Uint8Array(64).fill(1), id: Number.NaN },
  ];
  it.each(shapes)('recover nothing from $name', ({ hash, signature, id }) => {
    expect(agreed((crypto) => crypto.recover(hash, signature, id))).toBeUndefined();
  });

  it('take views and Buffers, and change nothing they are given', () => {
    const memory = Buffer.from(new Uint8Array(96).fill(7));
    const before = Buffer.from(memory);
    const [hash, key] = [memory.subarray(3, 35), memory.subarray(50, 82)];
    const signature = agreed((crypto) => hexOf(crypto.sign(hash, key).bytes));
    expect(signature).toBe(hexOf(backends[0]?.sign(new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)).bytes));
    agreed((crypto) => hexOf(crypto.ecdh(key, crypto.publicKey(key))));
    expect(memory.equals(before)).toBe(true);
  });
});
