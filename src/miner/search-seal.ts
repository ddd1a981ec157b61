import { bigIntToFixedBytes, bytesToBigInt } from '../base/bytes.js';
import { toBlockNonce, toHash32 } from '../base/hex.js';
import { keccak256 } from '../crypto/keccak.js';
import type { Seal } from './mining-job.js';

const NONCE_MASK = 2n ** 64n - 1n;

/**
 * Tries `count` nonces from `startNonce` on (wrapping at 2^64) and gives the first with keccak256(sealHash || nonce) <=
 * target, or undefined. `sealHash` has 32 bytes. Hashes one buffer that it changes in place.
 */
export function searchSeal(sealHash: Uint8Array, target: bigint, startNonce: bigint, count: number): Seal | undefined {
  const input = new Uint8Array(40);
  input.set(sealHash);
  const view = new DataView(input.buffer);
  view.setBigUint64(32, startNonce & NONCE_MASK);
  let low = view.getUint32(36);
  const targetBytes = bigIntToFixedBytes(target, 32);
  const targetTop = new DataView(targetBytes.buffer, targetBytes.byteOffset).getUint32(0);
  for (let tried = 0; tried < count; tried++) {
    const digest = keccak256(input);
    const top =
      (((digest[0] as number) << 24) |
        ((digest[1] as number) << 16) |
        ((digest[2] as number) << 8) |
        (digest[3] as number)) >>>
      0;
    // The four leading bytes decide nearly always; numbers are compared in full only when they don't.
    if (top <= targetTop && bytesToBigInt(digest) <= target) {
      return { nonce: toBlockNonce(input.slice(32)), mixHash: toHash32(digest) };
    }
    low = (low + 1) >>> 0;
    view.setUint32(36, low);
    if (low === 0) view.setUint32(32, (view.getUint32(32) + 1) >>> 0);
  }
  return undefined;
}
