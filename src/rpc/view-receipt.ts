import { toHex } from '../base/hex.js';
import type { SealedHeader } from '../types/header.js';
import type { Log, Receipt } from '../types/receipt.js';
import { senderOf } from '../types/sender.js';
import { effectiveGasPrice, type Transaction } from '../types/transaction.js';
import type { Json } from './json.js';
import { quantity } from './quantity.js';

function logView(log: Log, transaction: Transaction, block: SealedHeader, position: number, logIndex: number): Json {
  return {
    address: log.address,
    topics: log.topics,
    data: toHex(log.data),
    blockHash: block.hash,
    blockNumber: quantity(block.header.number),
    blockTimestamp: quantity(block.header.timestamp),
    transactionHash: transaction.hash,
    transactionIndex: quantity(position),
    logIndex: quantity(logIndex),
    removed: false,
  };
}

/** The receipt of `block`'s transaction number `position`, as JSON-RPC shows it. Lists are those of the whole block. */
export function receiptView(
  block: SealedHeader,
  transactions: readonly Transaction[],
  receipts: readonly Receipt[],
  position: number,
): Json {
  const transaction = transactions[position];
  const receipt = receipts[position];
  if (transaction === undefined || receipt === undefined) return null;
  const before = receipts[position - 1]?.cumulativeGasUsed ?? 0n;
  const firstLog = receipts.slice(0, position).reduce((sum, earlier) => sum + earlier.logs.length, 0);
  return {
    blockHash: block.hash,
    blockNumber: quantity(block.header.number),
    transactionHash: transaction.hash,
    transactionIndex: quantity(position),
    type: quantity(receipt.type),
    from: senderOf(transaction) ?? null,
    to: transaction.to,
    contractAddress: null,
    cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
    gasUsed: quantity(receipt.cumulativeGasUsed - before),
    effectiveGasPrice: quantity(effectiveGasPrice(transaction, block.header.baseFeePerGas ?? 0n)),
    logs: receipt.logs.map((log, i) => logView(log, transaction, block, position, firstLog + i)),
    logsBloom: receipt.logsBloom,
    ...(receipt.outcome.kind === 'status'
      ? { status: receipt.outcome.success ? '0x1' : '0x0' }
      : { root: receipt.outcome.stateRoot }),
  };
}
