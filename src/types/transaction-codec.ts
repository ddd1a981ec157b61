import { concatBytes, EMPTY_BYTES } from '../base/bytes.js';
import { fromHex, toAddress } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { type RlpCursor, rlpList } from '../codec/rlp-reader.js';
import { encodeRlp, type RlpEncodable, rlpBytes } from '../codec/rlp-writer.js';
import { keccak256, keccak256Hex } from '../crypto/keccak.js';
import { accessListItem, readAccessList } from './access-list.js';
import type { Signature, Transaction, UnsignedTransaction } from './transaction.js';

/** The first byte of an RLP list is never below this, that of a typed transaction always is (EIP-2718). */
const FIRST_LIST_BYTE = 0xc0;

/**
 * The transaction that `bytes` hold in network form: an RLP list, or `type || rlp(fields)` (EIP-2718). Throws DecodeError.
 * Shape only: which types, chain ids and signatures are allowed depends on the block (`checkTransaction`).
 * The result owns its bytes, so that keeping it never keeps the message it came in.
 */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  const raw = new Uint8Array(bytes);
  const first = raw[0];
  if (first === undefined) throw new DecodeError('rlp-truncated', 'an empty transaction');
  if (first >= FIRST_LIST_BYTE) return readLegacy(raw, rlpList(raw));
  if (first === 1) return readAccessListType(raw, rlpList(raw.subarray(1)));
  if (first === 2) return readDynamicFeeType(raw, rlpList(raw.subarray(1)));
  throw new DecodeError('bad-value', `transaction type ${first}`);
}

/** The transaction that is the next item of a block body or message: a list, or a byte string that holds a typed one. */
export function decodeTransactionItem(items: RlpCursor): Transaction {
  if (items.nextIsList()) return decodeTransaction(items.raw());
  const bytes = items.bytes();
  if (bytes.length > 0 && (bytes[0] as number) >= FIRST_LIST_BYTE) {
    throw new DecodeError('bad-value', 'a legacy transaction inside a byte string');
  }
  return decodeTransaction(bytes);
}

/** `tx` as an encoded item of a block body or message: a list, or a byte string around a typed transaction. */
export function txToRlpItem(tx: Transaction): Uint8Array {
  return tx.type === 0 ? tx.raw : rlpBytes(tx.raw);
}

/** The bytes whose keccak256 is signed: six fields, nine with a chain id (EIP-155), or `type || rlp(fields)`. */
export function encodeUnsigned(tx: UnsignedTransaction): Uint8Array {
  const fields = payloadFields(tx);
  if (tx.type !== 0) return typed(tx.type, fields);
  return encodeRlp(tx.chainId === undefined ? fields : [...fields, tx.chainId, 0n, 0n]);
}

/** The digest that is signed; 32 bytes. */
export function signingHash(tx: UnsignedTransaction): Uint8Array {
  return keccak256(encodeUnsigned(tx));
}

/** `tx` with its signature, encoding and hash. The sender is not set. */
export function withSignature(tx: UnsignedTransaction, signature: Signature): Transaction {
  const v = tx.type === 0 ? legacyV(tx.chainId, signature.yParity) : BigInt(signature.yParity);
  const fields = [...payloadFields(tx), v, signature.r, signature.s];
  const raw = tx.type === 0 ? encodeRlp(fields) : typed(tx.type, fields);
  return { ...tx, signature, hash: keccak256Hex(raw), raw, sender: undefined };
}

/** The `v` of a transaction as JSON-RPC shows it: 27 or 28, chain id * 2 + 35 or 36 (EIP-155), or the parity of a typed one. */
export function signatureV(tx: Transaction): bigint {
  return tx.type === 0 ? legacyV(tx.chainId, tx.signature.yParity) : BigInt(tx.signature.yParity);
}

function legacyV(chainId: bigint | undefined, yParity: 0 | 1): bigint {
  return BigInt(yParity) + (chainId === undefined ? 27n : chainId * 2n + 35n);
}

function typed(type: 1 | 2, fields: readonly RlpEncodable[]): Uint8Array {
  return concatBytes(Uint8Array.of(type), encodeRlp(fields));
}

/** The fields in front of the signature. */
function payloadFields(tx: UnsignedTransaction): RlpEncodable[] {
  const to = tx.to === null ? EMPTY_BYTES : fromHex(tx.to);
  switch (tx.type) {
    case 0:
      return [tx.nonce, tx.gasPrice, tx.gasLimit, to, tx.value, tx.data];
    case 1: {
      const { chainId, nonce, gasPrice, gasLimit, value, data } = tx;
      return [chainId, nonce, gasPrice, gasLimit, to, value, data, accessListItem(tx.accessList)];
    }
    case 2: {
      const { chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, value, data } = tx;
      const accessList = accessListItem(tx.accessList);
      return [chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, data, accessList];
    }
  }
}

// Each type is read into one literal: spreading partial objects costs five times as much, and this is the hot path.

function readLegacy(raw: Uint8Array, items: RlpCursor): Transaction {
  const nonce = items.bigint(8);
  const gasPrice = items.bigint(32);
  const gasLimit = items.bigint(8);
  const to = readTo(items);
  const value = items.bigint(32);
  const data = items.bytes();
  const { chainId, yParity } = splitV(items.bigint(32));
  const signature = readSignature(items, yParity);
  const hash = keccak256Hex(raw);
  return { type: 0, chainId, nonce, gasPrice, gasLimit, to, value, data, signature, hash, raw, sender: undefined };
}

function readAccessListType(raw: Uint8Array, items: RlpCursor): Transaction {
  return {
    type: 1,
    chainId: items.bigint(32),
    nonce: items.bigint(8),
    gasPrice: items.bigint(32),
    gasLimit: items.bigint(8),
    to: readTo(items),
    value: items.bigint(32),
    data: items.bytes(),
    accessList: readAccessList(items),
    signature: readSignature(items, parity(items.bigint(1))),
    hash: keccak256Hex(raw),
    raw,
    sender: undefined,
  };
}

function readDynamicFeeType(raw: Uint8Array, items: RlpCursor): Transaction {
  return {
    type: 2,
    chainId: items.bigint(32),
    nonce: items.bigint(8),
    maxPriorityFeePerGas: items.bigint(32),
    maxFeePerGas: items.bigint(32),
    gasLimit: items.bigint(8),
    to: readTo(items),
    value: items.bigint(32),
    data: items.bytes(),
    accessList: readAccessList(items),
    signature: readSignature(items, parity(items.bigint(1))),
    hash: keccak256Hex(raw),
    raw,
    sender: undefined,
  };
}

/** r and s, which end a transaction of any type. */
function readSignature(items: RlpCursor, yParity: 0 | 1): Signature {
  const signature: Signature = { r: items.bigint(32), s: items.bigint(32), yParity };
  items.done();
  return signature;
}

function readTo(items: RlpCursor) {
  const to = items.bytesUpTo(20);
  if (to.length === 0) return null;
  if (to.length !== 20) throw new DecodeError('bad-length', `an address of ${to.length} bytes`);
  return toAddress(to);
}

/** EIP-155: 27 and 28 name no chain, from 35 on `v` carries the chain id. Throws DecodeError. */
export function splitV(v: bigint): { readonly chainId: bigint | undefined; readonly yParity: 0 | 1 } {
  if (v === 27n || v === 28n) return { chainId: undefined, yParity: parity(v - 27n) };
  if (v < 35n) throw new DecodeError('bad-value', `signature v ${v}`);
  return { chainId: (v - 35n) / 2n, yParity: parity((v - 35n) % 2n) };
}

/** The parity of a typed transaction; throws DecodeError. */
export function parity(value: bigint): 0 | 1 {
  if (value > 1n) throw new DecodeError('bad-value', `signature parity ${value}`);
  return value === 0n ? 0 : 1;
}
