import { DecodeError } from '../../codec/decode-error.js';
import type { RlpCursor } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBytes } from '../../codec/rlp-writer.js';

/** The highest transaction type (EIP-2718); a first byte from 0xc0 on starts the list of a legacy transaction. */
const MAX_TYPE = 0x7f;

/**
 * The list of transactions as eth messages and block bodies hold it: a legacy transaction as its list, a typed one as
 * the byte string `type || payload`. Takes and gives network forms (`Transaction.raw`).
 */
export function encodeTransactionItems(transactions: readonly Uint8Array[]): Uint8Array {
  return encodeRlpList(transactions.map((raw) => ((raw[0] ?? 0) > MAX_TYPE ? raw : rlpBytes(raw))));
}

/**
 * The network form of the next transaction, as a view. Its first byte only is looked at: a byte string must start with a
 * type, else a legacy transaction could come in two forms.
 */
export function readTransactionItem(items: RlpCursor): Uint8Array {
  if (items.nextIsList()) return items.raw();
  const raw = items.bytes();
  const type = raw[0];
  if (type === undefined || type > MAX_TYPE) throw new DecodeError('bad-value', 'a typed transaction without a type');
  return raw;
}
