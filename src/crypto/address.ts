import type { Address, NodeId, PublicKey } from '../base/brand.js';
import { bigIntToFixedBytes } from '../base/bytes.js';
import { fromHex, toAddress, toNodeId } from '../base/hex.js';
import type { EcdsaSignature } from './crypto.js';
import { keccak256 } from './keccak.js';
import { crypto } from './select.js';

/** The account address of a 64-byte public key: the last 20 bytes of its keccak256 (Yellow Paper, appendix F). */
export function addressOf(publicKey: Uint8Array): Address {
  return toAddress(keccak256(publicKey).subarray(12));
}

/** The account address of a private key; throws if that is not in 1..n-1. */
export function addressOfPrivateKey(privateKey: Uint8Array): Address {
  return addressOf(crypto().publicKey(privateKey));
}

/** The discovery identity of a node: keccak256 of its 64-byte public key (EIP-778, v4 scheme). */
export function nodeIdOf(publicKey: PublicKey): NodeId {
  return toNodeId(keccak256(fromHex(publicKey)));
}

/** The address that made `signature` over the 32-byte `digest`, or undefined if no key can have. A high s is accepted. */
export function recoverAddress(digest: Uint8Array, signature: EcdsaSignature): Address | undefined {
  if (signature.r >= TWO_256 || signature.s >= TWO_256) return undefined;
  const bytes = new Uint8Array(64);
  bytes.set(bigIntToFixedBytes(signature.r, 32));
  bytes.set(bigIntToFixedBytes(signature.s, 32), 32);
  const address = recoverAddressBytes(digest, bytes, signature.yParity);
  return address && toAddress(address);
}

/** The same for r and s in 32 bytes each, and as 20 bytes. */
export function recoverAddressBytes(digest: Uint8Array, signature: Uint8Array, yParity: 0 | 1): Uint8Array | undefined {
  const publicKey = crypto().recover(digest, signature, yParity);
  return publicKey && keccak256(publicKey).subarray(12);
}

const TWO_256 = 1n << 256n;
