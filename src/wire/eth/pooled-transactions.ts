import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';
import { REQUEST_ID_BYTES } from './hash-request.js';
import { EthCode, MAX_ETH_MESSAGE_BYTES, MAX_ITEMS_PER_MESSAGE } from './protocol.js';
import { encodeTransactionItems, readTransactionItem } from './transaction-items.js';

/** The answer to GetPooledTransactions: those of the asked transactions that the sender has, in the order asked. */
export interface PooledTransactions {
  readonly requestId: bigint;
  /** Network forms, not decoded; views into the payload when read. */
  readonly transactions: readonly Uint8Array[];
}

/** PooledTransactions (EIP-2464). */
export const pooledTransactions: MessageCodec<PooledTransactions> = {
  name: 'PooledTransactions',
  code: EthCode.pooledTransactions,
  maxBytes: MAX_ETH_MESSAGE_BYTES,
  encode: ({ requestId, transactions }) => encodeRlpList([rlpBigInt(requestId), encodeTransactionItems(transactions)]),
  decode(payload) {
    const fields = rlpList(payload);
    const requestId = fields.bigint(REQUEST_ID_BYTES);
    const transactions = fields.listOf(MAX_ITEMS_PER_MESSAGE, readTransactionItem);
    fields.done();
    return { requestId, transactions };
  },
};
