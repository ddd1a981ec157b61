import { toHex } from '../base/hex.js';
import type { SealedHeader } from '../types/header.js';
import { senderOf } from '../types/sender.js';
import { type AccessListEntry, effectiveGasPrice, type Transaction } from '../types/transaction.js';
import { signatureV } from '../types/transaction-codec.js';
import type { Json, JsonObject } from './json.js';
import { quantity } from './quantity.js';

/** The block that holds a transaction, and its position there. */
export interface TransactionPlace {
  readonly block: SealedHeader;
  readonly index: number;
}

/** An access list as JSON-RPC shows it. */
export const accessListView = (list: readonly AccessListEntry[]): Json =>
  list.map((entry) => ({ address: entry.address, storageKeys: entry.storageKeys }));

function fees(transaction: Transaction, place: TransactionPlace | undefined): JsonObject {
  if (transaction.type !== 2) return { gasPrice: quantity(transaction.gasPrice) };
  return {
    // As execution-apis has it: what was paid once mined, the cap before.
    gasPrice: quantity(
      place === undefined
        ? transaction.maxFeePerGas
        : effectiveGasPrice(transaction, place.block.header.baseFeePerGas ?? 0n),
    ),
    maxFeePerGas: quantity(transaction.maxFeePerGas),
    maxPriorityFeePerGas: quantity(transaction.maxPriorityFeePerGas),
  };
}

/** A transaction as JSON-RPC shows it; the members that say where it is are null while it is `place`d nowhere. */
export function transactionView(transaction: Transaction, place: TransactionPlace | undefined): JsonObject {
  const { signature } = transaction;
  const yParity = quantity(signature.yParity);
  return {
    blockHash: place?.block.hash ?? null,
    blockNumber: place === undefined ? null : quantity(place.block.header.number),
    blockTimestamp: place === undefined ? null : quantity(place.block.header.timestamp),
    transactionIndex: place === undefined ? null : quantity(place.index),
    hash: transaction.hash,
    type: quantity(transaction.type),
    from: senderOf(transaction) ?? null,
    to: transaction.to,
    nonce: quantity(transaction.nonce),
    value: quantity(transaction.value),
    gas: quantity(transaction.gasLimit),
    ...fees(transaction, place),
    input: toHex(transaction.data),
    ...(transaction.chainId === undefined ? {} : { chainId: quantity(transaction.chainId) }),
    ...(transaction.type === 0 ? {} : { accessList: accessListView(transaction.accessList), yParity }),
    v: quantity(signatureV(transaction)),
    r: quantity(signature.r),
    s: quantity(signature.s),
  };
}
