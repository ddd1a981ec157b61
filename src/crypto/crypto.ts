/** The implementations there are, fastest first. */
export type CryptoName = 'native' | 'wasm' | 'noble';

/** An ECDSA signature on secp256k1; r and s are in 1..n-1. */
export interface EcdsaSignature {
  readonly r: bigint;
  readonly s: bigint;
  readonly yParity: 0 | 1;
}

/** A signature just made: as numbers, and as the 64 bytes r || s. */
export interface FreshSignature extends EcdsaSignature {
  readonly bytes: Uint8Array;
}

/**
 * secp256k1 (SEC 2, 2.4.1) as Ethereum uses it. All implementations give the same answer to every input.
 * Digests and private keys have 32 bytes, signatures are the 64 bytes r || s, public keys the 64 bytes x || y.
 * Anything that may come from outside and is malformed, of the wrong length or out of range gives `undefined` or false.
 * A bad private key is our own bug: check it with `isValidPrivateKey` where it enters, the other methods throw on it.
 */
export interface Crypto {
  readonly name: CryptoName;
  /** True for 32 bytes in 1..n-1. */
  isValidPrivateKey(privateKey: Uint8Array): boolean;
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** Deterministic (RFC 6979 with HMAC-SHA256 and no extra entropy), with s <= n/2. */
  sign(digest: Uint8Array, privateKey: Uint8Array): FreshSignature;
  /**
   * The signer's public key. `recoveryId` is 0..3: bit 0 the parity of R's y, bit 1 set if R's x is r + n.
   * A high s (above n/2) gives the mathematically right key: Homestead's rule against it (EIP-2) is the caller's.
   */
  recover(digest: Uint8Array, signature: Uint8Array, recoveryId: number): Uint8Array | undefined;
  /** False for a high s too, so that no one can make a second valid signature out of one. */
  verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  /** The x coordinate (32 bytes) of privateKey * publicKey; undefined if `publicKey` is not a point on the curve. */
  ecdh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
}
