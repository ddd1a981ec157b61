import type { BlockNonce, Hash32 } from '../base/brand.js';

/** A nonce to be searched: keccak256(sealHash || nonce) <= target. The `seal` job of the node has this shape. */
export interface SealTask {
  /** 32 bytes: keccak256 of the header without mixHash and nonce. */
  readonly sealHash: Uint8Array;
  /** floor((2^256 - 1) / difficulty). */
  readonly target: bigint;
  /** Where to begin, below 2^64. Each thread searches a range of its own from here on. */
  readonly startNonce: bigint;
}

/** A found seal. `mixHash` is the digest that is at most the target. */
export interface Seal {
  readonly nonce: BlockNonce;
  readonly mixHash: Hash32;
}
