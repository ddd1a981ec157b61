import type { NodeId, PublicKey } from '../base/brand.js';
import { concatBytes } from '../base/bytes.js';
import { fromHex } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpList, rlpSequence } from '../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt, rlpBytes } from '../codec/rlp-writer.js';
import { keccak256 } from '../crypto/keccak.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';
import type { Endpoint } from './endpoint.js';
import { endpointOf } from './enr-pairs.js';

/** Longest record (EIP-778). */
export const MAX_ENR_BYTES = 300;
/** Bytes of a v4 signature: r || s, without recovery id (EIP-778). */
const SIGNATURE_BYTES = 64;
/** A key is a short name; the shortest pair has two bytes, so this many fit in a record. */
const MAX_PAIRS = MAX_ENR_BYTES / 2;
const PREFIX = 'enr:';
/** The one identity scheme there is (EIP-778). */
const SCHEME_ITEM = rlpBytes(Buffer.from('v4'));

/** A node record as it is written, before anybody checked who wrote it. */
export interface UncheckedEnr {
  readonly signature: Uint8Array;
  readonly seq: bigint;
  /** Key (one character a byte) to value as an encoded RLP item, in the order of the keys' bytes. */
  readonly pairs: ReadonlyMap<string, Uint8Array>;
  /** The whole record: rlp([signature, seq, key, value, ...]). */
  readonly raw: Uint8Array;
}

/** A node record that the node itself signed (EIP-778). */
export interface Enr extends UncheckedEnr {
  readonly publicKey: PublicKey;
  readonly nodeId: NodeId;
  /** Where it says it is, IPv4 before IPv6; undefined if it has no address. */
  readonly endpoint: Endpoint | undefined;
}

/** A record of ours: `pairs` and the two that name the scheme and the key. The node's own bug if it is too long. */
export function signEnr(identity: Identity, seq: bigint, pairs: ReadonlyMap<string, Uint8Array>): Enr {
  const all = new Map([...pairs, ['id', SCHEME_ITEM], ['secp256k1', rlpBytes(compress(identity.publicKey))]]);
  const sorted = new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = contentItems(seq, sorted);
  // A copy: a record is kept for long, and what signs may hand out parts of something larger.
  const signature = identity.sign(keccak256(encodeRlpList(content))).slice(0, SIGNATURE_BYTES);
  const raw = encodeRlpList([rlpBytes(signature), ...content]);
  invariant(raw.length <= MAX_ENR_BYTES, 'our own node record is too long');
  const { publicKey, nodeId } = identity;
  return { signature, seq, pairs: sorted, raw, publicKey, nodeId, endpoint: endpointOf(sorted) };
}

/** The record in `bytes`, its signature checked by `scheme`; throws DecodeError. */
export function decodeEnr(bytes: Uint8Array, scheme: IdentityScheme): Enr {
  const record = readEnr(bytes);
  const publicKey = signerOf(record, scheme);
  const { signature, seq, pairs, raw } = record;
  return { signature, seq, pairs, raw, publicKey, nodeId: scheme.nodeIdOf(publicKey), endpoint: endpointOf(pairs) };
}

/** The record in `enr:` and base64url without padding; throws DecodeError. */
export function parseEnr(text: string, scheme: IdentityScheme): Enr {
  const encoded = text.slice(PREFIX.length);
  const tooLong = encoded.length > Math.ceil((MAX_ENR_BYTES * 4) / 3);
  if (!text.startsWith(PREFIX) || tooLong) throw new DecodeError('bad-value', 'expected enr: and at most 300 bytes');
  const bytes = Buffer.from(encoded, 'base64url');
  // Node's decoder skips what it does not know; only the one spelling of the bytes is a record.
  if (bytes.toString('base64url') !== encoded) throw new DecodeError('bad-value', 'not base64url without padding');
  return decodeEnr(bytes, scheme);
}

/** The text form of a record. */
export function formatEnr(enr: UncheckedEnr): string {
  return PREFIX + Buffer.from(enr.raw).toString('base64url');
}

/** The shape of a record: length, order of the keys, no key without a value. Says nothing about its signer. Throws DecodeError. */
export function readEnr(bytes: Uint8Array): UncheckedEnr {
  if (bytes.length > MAX_ENR_BYTES) throw new DecodeError('too-large', `a node record of ${bytes.length} bytes`);
  const raw = new Uint8Array(bytes);
  const items = rlpList(raw);
  const signature = items.bytes();
  const seq = items.bigint(8);
  const pairs = readPairs(items);
  return { signature, seq, pairs, raw };
}

function readPairs(items: RlpCursor): Map<string, Uint8Array> {
  const pairs = new Map<string, Uint8Array>(); // BOUNDED: by MAX_PAIRS
  let last: string | undefined;
  items.count(2 * MAX_PAIRS);
  while (items.hasNext()) {
    const key = Buffer.from(items.bytes()).toString('latin1');
    if (last !== undefined && key <= last) throw new DecodeError('bad-value', 'record keys out of order');
    pairs.set(key, items.raw());
    last = key;
  }
  return pairs;
}

/**
 * The key that signed the record, which must be the one it names. Recovered with both possible parities rather than
 * verified: that needs neither the full key, of which the record holds one coordinate, nor square roots.
 */
function signerOf(record: UncheckedEnr, scheme: IdentityScheme): PublicKey {
  const id = record.pairs.get('id');
  if (id === undefined || Buffer.compare(id, SCHEME_ITEM) !== 0) throw new DecodeError('bad-value', 'no v4 record');
  const keyItem = record.pairs.get('secp256k1');
  if (keyItem === undefined) throw new DecodeError('bad-value', 'a record without a public key');
  const key = rlpSequence(keyItem).fixed(33);
  if (record.signature.length !== SIGNATURE_BYTES)
    throw new DecodeError('bad-length', 'a record signature not of 64 bytes');
  const digest = keccak256(encodeRlpList(contentItems(record.seq, record.pairs)));
  for (const recoveryId of [0, 1]) {
    const signer = scheme.recover(digest, concatBytes(record.signature, Uint8Array.of(recoveryId)));
    if (signer !== undefined && Buffer.compare(compress(signer), key) === 0) return signer;
  }
  throw new DecodeError('bad-value', 'a record that its node did not sign');
}

function contentItems(seq: bigint, pairs: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  const items = [rlpBigInt(seq)];
  for (const [key, value] of pairs) items.push(rlpBytes(Buffer.from(key, 'latin1')), value);
  return items;
}

/** The 33 bytes of a public key: the parity of y, and x (SEC 1, 2.3.3). */
function compress(publicKey: PublicKey): Uint8Array {
  const bytes = fromHex(publicKey);
  return concatBytes(Uint8Array.of(2 + ((bytes[63] as number) & 1)), bytes.subarray(0, 32));
}
