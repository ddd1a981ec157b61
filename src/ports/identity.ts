import type { NodeId, PublicKey } from '../base/brand.js';

/**
 * Who this node is, and how it proves it. The real scheme is secp256k1; the simulator's scale mode swaps in a fake
 * one of the same shapes, so that thousands of nodes fit in one process.
 */
export interface Identity {
  readonly publicKey: PublicKey;
  /** keccak256 of the public key. */
  readonly nodeId: NodeId;
  /** 65 bytes r || s || recovery id (0 or 1) over a 32-byte digest. */
  sign(digest: Uint8Array): Uint8Array;
  /** The x coordinate (32 bytes) of the shared point with `publicKey`; undefined if that is not a point on the curve. */
  ecdh(publicKey: PublicKey): Uint8Array | undefined;
}

/** The checks that need no secret; one per scheme. */
export interface IdentityScheme {
  /** The signer of a 65-byte signature over `digest`; undefined if there is none. */
  recover(digest: Uint8Array, signature: Uint8Array): PublicKey | undefined;
  /** True if the 64-byte r || s is `publicKey`'s signature over `digest`. */
  verify(digest: Uint8Array, signature: Uint8Array, publicKey: PublicKey): boolean;
  /** keccak256 of the 64 key bytes. */
  nodeIdOf(publicKey: PublicKey): NodeId;
}
