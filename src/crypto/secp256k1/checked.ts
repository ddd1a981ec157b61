import { bigIntToFixedBytes, bytesToBigInt, compareBytes, isZero } from '../../base/bytes.js';
import { invariant } from '../../base/invariant.js';
import type { Crypto, CryptoName } from '../crypto.js';

/**
 * What an implementation has to provide. Lengths and ranges were checked: private keys, r and s are in 1..n-1.
 * Public keys have the 65 bytes 0x04 || x || y, and may still not be on the curve. No method may throw.
 */
export interface Curve {
  readonly name: CryptoName;
  publicKey(privateKey: Uint8Array): Uint8Array;
  sign(digest: Uint8Array, privateKey: Uint8Array): { readonly signature: Uint8Array; readonly recoveryId: number };
  /** What it gives may be overwritten by the next call. */
  recover(digest: Uint8Array, signature: Uint8Array, recoveryId: 0 | 1 | 2 | 3): Uint8Array | undefined;
  verify(digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  /** The shared point as 0x04 || x || y or its x coordinate alone. */
  ecdh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
}

/** The order n of the group (SEC 2, 2.4.1). */
export const GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const ORDER_BYTES = Buffer.from(GROUP_ORDER.toString(16), 'hex');

/** True for 32 bytes in 1..n-1. */
function isScalar(bytes: Uint8Array): boolean {
  return bytes.length === 32 && isScalarAt(bytes, 0);
}

/** True if the 32 bytes at `start` are in 1..n-1. */
function isScalarAt(bytes: Uint8Array, start: number): boolean {
  // Nearly every scalar is decided by its first byte.
  const first = bytes[start] as number;
  if (first > 0 && first < 0xff) return true;
  const scalar = bytes.subarray(start, start + 32);
  return !isZero(scalar) && compareBytes(scalar, ORDER_BYTES) < 0;
}

/**
 * The digest modulo n. ECDSA reduces it anyway; RFC 6979 (3.2 d) also derives the nonce from the reduced one, where
 * libsecp256k1 takes it as it is: for one digest in 2^128 the implementations would sign differently.
 */
function reduced(digest: Uint8Array): Uint8Array {
  return compareBytes(digest, ORDER_BYTES) < 0 ? digest : bigIntToFixedBytes(bytesToBigInt(digest) - GROUP_ORDER, 32);
}

function isSignature(bytes: Uint8Array): boolean {
  return bytes.length === 64 && isScalarAt(bytes, 0) && isScalarAt(bytes, 32);
}

function isRecoveryId(id: number): id is 0 | 1 | 2 | 3 {
  return id === 0 || id === 1 || id === 2 || id === 3;
}

function uncompressed(publicKey: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65);
  bytes[0] = 4;
  bytes.set(publicKey, 1);
  return bytes;
}

/** Puts the checks that all implementations share in front of one of them, so that they cannot differ in these. */
export function checkedCrypto(curve: Curve): Crypto {
  const checkPrivateKey = (privateKey: Uint8Array): void =>
    invariant(isScalar(privateKey), 'a private key must be 32 bytes in 1..n-1');
  return {
    name: curve.name,
    isValidPrivateKey: isScalar,

    publicKey(privateKey) {
      checkPrivateKey(privateKey);
      return curve.publicKey(privateKey).subarray(1);
    },

    sign(digest, privateKey) {
      checkPrivateKey(privateKey);
      invariant(digest.length === 32, 'a digest must have 32 bytes');
      const { signature, recoveryId } = curve.sign(reduced(digest), privateKey);
      invariant(recoveryId === 0 || recoveryId === 1, 'R with x >= n: one signature in 2^128');
      return {
        r: bytesToBigInt(signature, 0, 32),
        s: bytesToBigInt(signature, 32, 64),
        yParity: recoveryId,
        bytes: signature,
      };
    },

    recover(digest, signature, recoveryId) {
      if (digest.length !== 32 || !isSignature(signature) || !isRecoveryId(recoveryId)) return undefined;
      return curve.recover(digest, signature, recoveryId)?.slice(1);
    },

    verify(digest, signature, publicKey) {
      if (digest.length !== 32 || !isSignature(signature) || publicKey.length !== 64) return false;
      return curve.verify(digest, signature, uncompressed(publicKey));
    },

    ecdh(privateKey, publicKey) {
      checkPrivateKey(privateKey);
      if (publicKey.length !== 64) return undefined;
      const point = curve.ecdh(privateKey, uncompressed(publicKey));
      return point?.length === 65 ? point.subarray(1, 33) : point;
    },
  };
}
