import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as secp from '@noble/secp256k1';
import type { Crypto } from '../crypto.js';
import { checkedCrypto } from './checked.js';

// The library's synchronous calls want their hashes handed in; RFC 6979 needs HMAC-SHA256.
secp.hashes.sha256 = sha256;
secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

/** By default the library hashes what it is given with SHA-256; we sign and recover over digests. */
const OF_DIGEST = { prehash: false } as const;

/** `f()`, or undefined if it throws: the library refuses points that are not on the curve that way. */
function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}

/** The reference implementation, in JavaScript: slow (hundreds of recoveries a second), audited, and always there. */
export const nobleCrypto: Crypto = checkedCrypto({
  name: 'noble',
  publicKey: (privateKey) => secp.getPublicKey(privateKey, false),
  sign(digest, privateKey) {
    const bytes = secp.sign(digest, privateKey, { ...OF_DIGEST, format: 'recovered' });
    return { signature: bytes.slice(1), recoveryId: bytes[0] as number };
  },
  recover(digest, signature, recoveryId) {
    const bytes = new Uint8Array(65);
    bytes[0] = recoveryId;
    bytes.set(signature, 1);
    return attempt(() => secp.recoverPublicKey(bytes, digest, { ...OF_DIGEST, isCompressed: false }));
  },
  verify: (digest, signature, publicKey) =>
    attempt(() => secp.verify(signature, digest, publicKey, OF_DIGEST)) ?? false,
  ecdh: (privateKey, publicKey) => attempt(() => secp.getSharedSecret(privateKey, publicKey, false)),
});
