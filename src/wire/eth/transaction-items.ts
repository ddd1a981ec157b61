import type { RlpCursor } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBytes } from '../../codec/rlp-writer.js';

/** Bytes from here on start an RLP list: a legacy transaction. A typed one starts with its type, at most 0x7f (EIP-2718). */
const FIRST_LIST_BYTE = 0xc0;

/**
 * The list of transactions as eth messages and block bodies hold it: a legacy transaction as its list, a typed one as
 * the byte string `type || payload`. Takes and gives network forms (`Transaction.raw`).
 */
export function encodeTransactionItems(transactions: readonly Uint8Array[]): Uint8Array {
  return encodeRlpList(transactions.map((raw) => ((raw[0] ?? 0) >= FIRST_LIST_BYTE ? raw : rlpBytes(raw))));
}

/** The network form of the next transaction, as a view. What is inside it is not looked at. */
export function readTransactionItem(items: RlpCursor): Uint8Array {
  return items.nextIsList() ? items.raw() : items.bytes();
}
