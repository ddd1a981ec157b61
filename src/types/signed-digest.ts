import { type RlpCursor, rlpList } from '../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt } from '../codec/rlp-writer.js';
import { keccak256 } from '../crypto/keccak.js';
import { parity, splitV } from './transaction-codec.js';

/** Fields in front of the signature, by type. */
const UNSIGNED_FIELDS = { 0: 6, 1: 8, 2: 9 } as const;
/** The integer 0 twice: what follows the chain id in what EIP-155 signs. */
const TWO_ZEROS = Uint8Array.of(0x80, 0x80);

/** What the signer of a transaction is recovered from. */
export interface SignedDigest {
  /** The 32 bytes that were signed. */
  readonly digest: Uint8Array;
  /** r and s, 32 bytes each. */
  readonly signature: Uint8Array;
  readonly yParity: 0 | 1;
}

/**
 * What was signed, out of the network form of a transaction that decodes: nothing is decoded that recovery does not need,
 * and nothing encoded a second time. Undefined if r or s has more than 32 bytes.
 */
export function signedDigest(raw: Uint8Array): SignedDigest | undefined {
  const type = raw[0] === 1 || raw[0] === 2 ? raw[0] : 0;
  const items = rlpList(type === 0 ? raw : raw.subarray(1));
  const fields = items.span(UNSIGNED_FIELDS[type]);
  if (type !== 0) {
    const yParity = parity(items.bigint(1));
    return withSignature(keccak256(encodeRlpList([fields], type)), yParity, items);
  }
  // A chain id of 32 bytes makes v one longer.
  const { chainId, yParity } = splitV(items.bigint(33));
  const parts = chainId === undefined ? [fields] : [fields, rlpBigInt(chainId), TWO_ZEROS];
  return withSignature(keccak256(encodeRlpList(parts)), yParity, items);
}

function withSignature(digest: Uint8Array, yParity: 0 | 1, items: RlpCursor): SignedDigest | undefined {
  const r = items.bytes();
  const s = items.bytes();
  if (r.length > 32 || s.length > 32) return undefined;
  const signature = new Uint8Array(64);
  signature.set(r, 32 - r.length);
  signature.set(s, 64 - s.length);
  return { digest, signature, yParity };
}
