import { bytesToBigInt, concatBytes } from '../base/bytes.js';
import { fromHex, toHex } from '../base/hex.js';
import { keccak256 } from '../crypto/keccak.js';
import { type Header, sealHash } from '../types/header.js';
import { type RuleError, ruleError } from './rule-error.js';

const MAX_UINT256 = 2n ** 256n - 1n;

/** The greatest digest that seals a block of this difficulty (> 0). */
export function sealTarget(difficulty: bigint): bigint {
  return MAX_UINT256 / difficulty;
}

/** The digest of a nonce (8 bytes, big-endian): keccak256(sealHash || nonce), which a sealed header carries as `mixHash`. */
export function powDigest(sealHash: Uint8Array, nonce: Uint8Array): Uint8Array {
  return keccak256(concatBytes(sealHash, nonce));
}

/** Undefined if the header carries its digest and the digest meets the header's own difficulty. */
export function checkSeal(header: Header): RuleError | undefined {
  if (header.difficulty === 0n) return ruleError('header-seal', 'the difficulty is 0');
  const digest = powDigest(sealHash(header), fromHex(header.nonce));
  if (toHex(digest) !== header.mixHash) return ruleError('header-seal', `the mix hash is not ${toHex(digest)}`);
  if (bytesToBigInt(digest) > sealTarget(header.difficulty)) {
    return ruleError('header-seal', `${header.mixHash} is above the target of difficulty ${header.difficulty}`);
  }
  return undefined;
}
