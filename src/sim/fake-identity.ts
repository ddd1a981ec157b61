import { createHash } from 'node:crypto';
import { BoundedMap } from '../base/bounded.js';
import type { NodeId, PublicKey } from '../base/brand.js';
import { asBuffer, bytesEqual, compareBytes, concatBytes } from '../base/bytes.js';
import { fromHex, toNodeId, toPublicKey } from '../base/hex.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha256')
    .update(concatBytes(...parts))
    .digest();

/** A key's second half follows from its first, so that a signature of 64 bytes has room to name its signer. */
const keyOf = (half: Uint8Array): Uint8Array => concatBytes(half, sha256(half));

/** Names the signer and binds the 32-byte digest, nothing more. */
function signatureOf(half: Uint8Array, digest: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  signature.set(half);
  for (let i = 0; i < 32; i++) signature[32 + i] = (half[i] as number) ^ (digest[i] as number);
  return signature;
}

const nodeIdOf = (publicKey: PublicKey): NodeId => toNodeId(sha256(fromHex(publicKey)));

/** An identity whose signature anyone could forge: cheap, for worlds of many nodes. Goes with {@link createFakeScheme}. */
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

/** Identities that a scheme remembers: more than there are nodes in a world; an adversary's made-up ones push out others. */
const MAX_REMEMBERED = 65_536;

/**
 * The checks that accept {@link fakeIdentity}'s signatures and nothing else. All nodes of a world share one: the keys and
 * ids that it hands out are the same strings for each of them, and computed once.
 */
export function createFakeScheme(): IdentityScheme {
  const keys = new BoundedMap<string, PublicKey>(MAX_REMEMBERED);
  const ids = new BoundedMap<PublicKey, NodeId>(MAX_REMEMBERED);

  function signerOf(half: Uint8Array): PublicKey {
    const name = asBuffer(half).toString('latin1');
    let publicKey = keys.peek(name);
    if (publicKey === undefined) {
      publicKey = toPublicKey(keyOf(half));
      keys.set(name, publicKey);
    }
    return publicKey;
  }

  return {
    recover(digest, signature) {
      if (signature.length !== 65) return undefined;
      const half = signature.subarray(0, 32);
      return bytesEqual(signature.subarray(0, 64), signatureOf(half, digest)) ? signerOf(half) : undefined;
    },
    verify: (digest, signature, publicKey) =>
      bytesEqual(signature, signatureOf(fromHex(publicKey).subarray(0, 32), digest)),
    nodeIdOf(publicKey) {
      let id = ids.peek(publicKey);
      if (id === undefined) {
        id = nodeIdOf(publicKey);
        ids.set(publicKey, id);
      }
      return id;
    },
  };
}
