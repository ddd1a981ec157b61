import { describe, expect, it } from 'vitest';
import { bigIntToFixedBytes, bytesToBigInt, concatBytes } from '../../../src/base/bytes.js';
import { toBlockNonce, toHash32, ZERO_HASH } from '../../../src/base/hex.js';
import { checkSeal, powDigest, sealTarget } from '../../../src/consensus/pow.js';
import { keccak256 } from '../../../src/crypto/keccak.js';
import { type Header, sealHash } from '../../../src/types/header.js';
import { LONDON_PARENT } from './headers.js';

/** `header` with the first nonce whose digest satisfies `wanted`. */
function sealed(header: Header, wanted: (digest: bigint) => boolean): Header {
  const hash = sealHash(header);
  for (let nonce = 0n; ; nonce++) {
    const bytes = bigIntToFixedBytes(nonce, 8);
    const digest = powDigest(hash, bytes);
    if (wanted(bytesToBigInt(digest))) return { ...header, nonce: toBlockNonce(bytes), mixHash: toHash32(digest) };
  }
}

const EASY: Header = { ...LONDON_PARENT.header, difficulty: 16n };
const meets = (digest: bigint): boolean => digest <= sealTarget(16n);

describe('proof of work', () => {
  it('digests the seal hash and the nonce, big-endian', () => {
    const hash = sealHash(EASY);
    expect(powDigest(hash, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2))).toEqual(
      keccak256(concatBytes(hash, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2))),
    );
  });

  it('has a target that difficulty divides', () => {
    expect(sealTarget(1n)).toBe(2n ** 256n - 1n);
    expect(sealTarget(2n)).toBe(2n ** 255n - 1n);
  });

  it('takes a digest that meets the difficulty', () => {
    expect(checkSeal(sealed(EASY, meets))).toBeUndefined();
  });

  it.each([
    ['too weak', sealed(EASY, (digest) => !meets(digest))],
    ['with another digest', { ...sealed(EASY, meets), mixHash: ZERO_HASH }],
    ['with another nonce', { ...sealed(EASY, meets), nonce: toBlockNonce(new Uint8Array(8).fill(9)) }],
    ['for another header', { ...sealed(EASY, meets), timestamp: 5 }],
    ['of no difficulty', { ...sealed(EASY, meets), difficulty: 0n }],
  ])('refuses a seal %s', (_, header) => expect(checkSeal(header)?.code).toBe('header-seal'));
});
