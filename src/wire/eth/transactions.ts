import type { MessageCodec } from '../message.js';
import { readListPayload } from './list-payload.js';
import { EthCode, MAX_ETH_MESSAGE_BYTES } from './protocol.js';
import { encodeTransactionItems, readTransactionItem } from './transaction-items.js';

/** Other clients cut their messages near 100 KiB, under 1000 transactions; more than 8192 is a bomb. */
const MAX_TRANSACTIONS = 8192;

/** Transactions (caps/eth.md): network forms, not decoded, as a receiver knows most of them by their hash already. */
export const transactions: MessageCodec<readonly Uint8Array[]> = {
  name: 'Transactions',
  code: EthCode.transactions,
  maxBytes: MAX_ETH_MESSAGE_BYTES,
  encode: encodeTransactionItems,
  decode: (payload) => readListPayload(payload, MAX_TRANSACTIONS, readTransactionItem),
};
