import { DecodeError } from '../codec/decode-error.js';
import { feeCap, type Transaction } from '../types/transaction.js';
import { decodeTransaction } from '../types/transaction-codec.js';
import type { RpcNode } from './backend.js';
import { invalidParams } from './errors.js';
import { etherText } from './ether.js';
import { rejected } from './reject.js';

/** The first byte of an RLP list, so of a legacy transaction, is at least this (EIP-2718). */
const FIRST_LIST_BYTE = 0xc0;
const HIGHEST_TYPE = 2;

/** The transaction in `raw`, or the error that says why it is none. */
export function readRawTransaction(raw: Uint8Array): Transaction {
  const first = raw[0];
  if (first === undefined || (first <= HIGHEST_TYPE && raw.length === 1))
    throw invalidParams(
      'typed transaction too short',
      'send the whole signed transaction: type byte and RLP, or an RLP list',
    );
  if (first < FIRST_LIST_BYTE && (first === 0 || first > HIGHEST_TYPE))
    throw rejected(
      `transaction type not supported: ${first}`,
      'type-not-supported',
      'send a transaction of type 0, 1 or 2',
    );
  try {
    return decodeTransaction(raw);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw invalidParams(`rlp: ${error.message}`, 'send the signed transaction as the wallet encoded it');
  }
}

/** Guards of this interface alone, beside the pool's rules: a mistyped fee, and signatures valid on every chain. */
export function guardTransaction(transaction: Transaction, node: RpcNode): void {
  if (node.protectedOnly && transaction.chainId === undefined)
    throw rejected(
      'only replay-protected (EIP-155) transactions allowed over RPC',
      'unprotected',
      'sign with a chain id',
    );
  const fee = transaction.gasLimit * feeCap(transaction);
  if (node.feeCapWei > 0n && fee > node.feeCapWei)
    throw rejected(
      `tx fee (${etherText(fee)} ether) exceeds the configured cap (${etherText(node.feeCapWei)} ether)`,
      'fee-guard',
      'look at gas limit and price again, or raise --rpc.txfeecap',
    );
}
