import { createHash } from 'node:crypto';
import type { NodeId, PublicKey } from '../base/brand.js';
import { bytesEqual, compareBytes, concatBytes } from '../base/bytes.js';
import { fromHex, toNodeId, toPublicKey } from '../base/hex.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha256')
    .update(concatBytes(...parts))
    .digest();

/** A key's second half follows from its first, so that a signature of 64 bytes has room to name its signer. */
const keyOf = (half: Uint8Array): Uint8Array => concatBytes(half, sha256(half));

const signatureOf = (half: Uint8Array, digest: Uint8Array): Uint8Array => concatBytes(half, sha256(half, digest));

const nodeIdOf = (publicKey: PublicKey): NodeId => toNodeId(sha256(fromHex(publicKey)));

/** An identity whose signature is a hash that anyone could forge: cheap, for tests with many nodes. Goes with {@link fakeScheme}. */
export function fakeIdentity(name: number | string): Identity {
  const half = sha256(Buffer.from(`fake identity ${name}`));
  const key = keyOf(half);
  const publicKey = toPublicKey(key);
  return {
    publicKey,
    nodeId: nodeIdOf(publicKey),
    sign: (digest) => concatBytes(signatureOf(half, digest), Uint8Array.of(0)),
    ecdh: (other) => sha256(...[key, fromHex(other)].sort(compareBytes)),
  };
}

/** The checks that accept {@link fakeIdentity}'s signatures and nothing else. */
export const fakeScheme: IdentityScheme = {
  recover(digest, signature) {
    if (signature.length !== 65) return undefined;
    const half = signature.subarray(0, 32);
    return bytesEqual(signature.subarray(0, 64), signatureOf(half, digest)) ? toPublicKey(keyOf(half)) : undefined;
  },
  verify: (digest, signature, publicKey) =>
    bytesEqual(signature, signatureOf(fromHex(publicKey).subarray(0, 32), digest)),
  nodeIdOf,
};
