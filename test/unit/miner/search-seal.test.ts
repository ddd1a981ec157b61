import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToBigInt } from '../../../src/base/bytes.js';
import { fromHex, toHash32, toHex } from '../../../src/base/hex.js';
import { powDigest, sealTarget } from '../../../src/consensus/pow.js';
import { initKeccak, keccak256 } from '../../../src/crypto/keccak.js';
import { searchSeal } from '../../../src/miner/search-seal.js';

const sealHash = keccak256(Uint8Array.of(1, 2, 3));
const nonceAt = (nonce: bigint): Uint8Array => new Uint8Array(Buffer.from(nonce.toString(16).padStart(16, '0'), 'hex'));
const digestAt = (nonce: bigint): Uint8Array => powDigest(sealHash, nonceAt(nonce));

beforeAll(() => initKeccak());

describe('searchSeal', () => {
  it('finds the first nonce from the start on that meets the target', () => {
    const target = sealTarget(10_000n);
    const seal = searchSeal(sealHash, target, 0n, 200_000);
    const nonce = bytesToBigInt(fromHex(seal?.nonce ?? toHex(new Uint8Array(8))));
    expect(seal?.mixHash).toBe(toHash32(digestAt(nonce)));
    expect(bytesToBigInt(digestAt(nonce))).toBeLessThanOrEqual(target);
    for (let before = 0n; before < nonce; before++) expect(bytesToBigInt(digestAt(before))).toBeGreaterThan(target);
  });

  const edges = [
    { name: 'carries into the upper half', start: 2n ** 32n - 1n, at: 2n ** 32n },
    { name: 'wraps at 2^64', start: 2n ** 64n - 1n, at: 0n },
    { name: 'starts where it is told', start: 77n, at: 77n },
  ];
  it.each(edges)('$name', ({ start, at }) => {
    const exactly = bytesToBigInt(digestAt(at));
    const below = searchSeal(sealHash, exactly - 1n, start, start === at ? 1 : 2);
    const seal = searchSeal(sealHash, exactly, start, start === at ? 1 : 2);
    // The other nonce of the range may be better by chance, never worse.
    expect(seal ?? below).toBeDefined();
    if (below === undefined) expect(seal).toEqual({ nonce: toHex(nonceAt(at)), mixHash: toHash32(digestAt(at)) });
  });

  it('tries no more than it is told', () => {
    expect(searchSeal(sealHash, bytesToBigInt(digestAt(5n)), 0n, 0)).toBeUndefined();
    expect(searchSeal(sealHash, 0n, 0n, 1000)).toBeUndefined();
  });
});
