import type { Hash32, Hex } from '../base/brand.js';
import { err, ok, type Result } from '../base/result.js';
import { DecodeError } from '../codec/decode-error.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { MissingNodeError, openTrie } from './trie.js';

/** Why a proof proves nothing. */
export interface ProofError {
  readonly code: 'proof-incomplete' | 'proof-malformed';
}

/**
 * What the trie with this root has under `key`, by the nodes of `proof` alone (any order): a value, or undefined where
 * they prove that there is none. Each node counts under its own hash, so none can be forged.
 */
export function verifyProof(
  root: Hash32,
  key: Hex,
  proof: readonly Uint8Array[],
): Result<Uint8Array | undefined, ProofError> {
  const nodes = new Map(proof.map((raw) => [keccak256Hex(raw), raw])); // BOUNDED: by the caller's proof
  try {
    return ok(openTrie(root, (hash) => nodes.get(hash)).get(key));
  } catch (error) {
    if (error instanceof MissingNodeError) return err({ code: 'proof-incomplete' });
    if (error instanceof DecodeError) return err({ code: 'proof-malformed' });
    throw error;
  }
}
