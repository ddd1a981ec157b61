import { hash } from 'node:crypto';
import { BoundedMap } from '../../base/bounded.js';
import type { NodeId, PublicKey } from '../../base/brand.js';
import { bytesToNumber, compareBytes, concatBytes } from '../../base/bytes.js';
import { fromHex, leadingWord, toNodeId, toPublicKey } from '../../base/hex.js';
import { slabBytes } from '../../base/slab.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => hash('sha256', concatBytes(...parts), 'buffer');

/** A key's second half follows from its first, so that a signature of 64 bytes has room to name its signer. */
const keyOf = (half: Uint8Array): Uint8Array => concatBytes(half, sha256(half));

/** Names the signer and binds the 32-byte digest, nothing more; the 65th byte is 0. */
function signatureOf(half: Uint8Array, digest: Uint8Array): Uint8Array {
  const signature = slabBytes(65);
  for (let i = 0; i < 32; i++) {
    signature[i] = half[i] as number;
    signature[32 + i] = (half[i] as number) ^ (digest[i] as number);
  }
  return signature;
}

function isSignature(signature: Uint8Array, digest: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    if (signature[32 + i] !== ((signature[i] as number) ^ (digest[i] as number))) return false;
  }
  return true;
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
    sign: (digest) => signatureOf(half, digest),
    ecdh: (other) => sha256(...[key, fromHex(other)].sort(compareBytes)),
  };
}

/** Who has signed something. */
interface Signer {
  /** The first half of the key. */
  readonly half: Uint8Array;
  readonly publicKey: PublicKey;
  readonly nodeId: NodeId;
}

/** Signers that a scheme remembers: more than there are nodes in a world; an adversary's made-up ones push out others. */
const MAX_REMEMBERED = 65_536;

/**
 * The checks that accept {@link fakeIdentity}'s signatures and nothing else. All nodes of a world share one: the keys and
 * ids that it hands out are the same strings for each of them, and computed once. Keys that nobody has signed with, as the
 * random targets of lookups, are not remembered: there is no end to them.
 */
export function createFakeScheme(): IdentityScheme {
  /** By the first 32 bits of their keys. */
  const signers = new BoundedMap<number, Signer>(MAX_REMEMBERED);

  function signerOf(signature: Uint8Array): PublicKey {
    const name = bytesToNumber(signature, 0, 4);
    const known = signers.peek(name);
    if (known !== undefined && beginsWith(signature, known.half)) return known.publicKey;
    const half = signature.slice(0, 32);
    const publicKey = toPublicKey(keyOf(half));
    signers.set(name, { half, publicKey, nodeId: nodeIdOf(publicKey) });
    return publicKey;
  }

  return {
    recover: (digest, signature) =>
      signature.length === 65 && isSignature(signature, digest) ? signerOf(signature) : undefined,
    verify: (digest, signature, publicKey) =>
      signature.length === 64 &&
      beginsWith(signature, fromHex(publicKey).subarray(0, 32)) &&
      isSignature(signature, digest),
    nodeIdOf(publicKey) {
      const signer = signers.peek(leadingWord(publicKey));
      return signer?.publicKey === publicKey ? signer.nodeId : nodeIdOf(publicKey);
    },
  };
}

function beginsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
