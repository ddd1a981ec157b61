import { bigIntToFixedBytes, bytesToBigInt, concatBytes } from '../base/bytes.js';
import { toBlockNonce, toHash32 } from '../base/hex.js';
import { keccak256 } from '../crypto/keccak.js';
import { createKeccakSearch, type KeccakSearch } from './keccak-search.js';
import type { Seal } from './mining-job.js';

/** Nonces a call: the engine replaces slow first code by fast code only between calls. */
const NONCES_A_CALL = 2048;

let compiled: KeccakSearch | undefined;

/**
 * Tries `count` nonces from `startNonce` on (wrapping at 2^64) and gives the first with keccak256(sealHash || nonce) <=
 * target, or undefined. `sealHash` has 32 bytes.
 */
export function searchSeal(sealHash: Uint8Array, target: bigint, startNonce: bigint, count: number): Seal | undefined {
  compiled ??= createKeccakSearch();
  const view = new DataView(sealHash.buffer, sealHash.byteOffset, 32);
  const lane = (index: number): bigint => view.getBigUint64(index * 8, true);
  let nonce = BigInt.asUintN(64, startNonce);
  let left = count;
  while (left > 0) {
    const tried = Math.min(left, NONCES_A_CALL);
    const passed = compiled(nonce, tried, target >> 192n, lane(0), lane(1), lane(2), lane(3));
    if (passed < 0) {
      nonce = BigInt.asUintN(64, nonce + BigInt(tried));
      left -= tried;
      continue;
    }
    // The search looked at 64 bits of the digest; the general hasher has the last word.
    const found = bigIntToFixedBytes(BigInt.asUintN(64, nonce + BigInt(passed)), 8);
    const digest = keccak256(concatBytes(sealHash, found));
    if (bytesToBigInt(digest) <= target) return { nonce: toBlockNonce(found), mixHash: toHash32(digest) };
    nonce = BigInt.asUintN(64, nonce + BigInt(passed + 1));
    left -= passed + 1;
  }
  return undefined;
}
