import { EMPTY_BLOOM, toHex } from '../base/hex.js';
import type { Block } from '../types/block.js';
import type { SealedHeader } from '../types/header.js';
import type { JsonObject } from './json.js';
import { quantity } from './quantity.js';
import { transactionView } from './view-transaction.js';

/** A header as JSON-RPC shows it. */
export function headerView({ hash, header }: SealedHeader): JsonObject {
  return {
    hash,
    parentHash: header.parentHash,
    sha3Uncles: header.unclesHash,
    miner: header.coinbase,
    stateRoot: header.stateRoot,
    transactionsRoot: header.transactionsRoot,
    receiptsRoot: header.receiptsRoot,
    logsBloom: header.logsBloom,
    difficulty: quantity(header.difficulty),
    number: quantity(header.number),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    extraData: toHex(header.extraData),
    mixHash: header.mixHash,
    nonce: header.nonce,
    ...(header.baseFeePerGas === undefined ? {} : { baseFeePerGas: quantity(header.baseFeePerGas) }),
  };
}

/** A block as JSON-RPC shows it, with hashes or `full` transactions. */
export function blockView(block: Block, totalDifficulty: bigint | undefined, full: boolean): JsonObject {
  return {
    ...headerView(block),
    ...(totalDifficulty === undefined ? {} : { totalDifficulty: quantity(totalDifficulty) }),
    size: quantity(block.raw.length),
    transactions: full
      ? block.transactions.map((transaction, index) => transactionView(transaction, { block, index }))
      : block.transactions.map((transaction) => transaction.hash),
    uncles: block.uncles.map((uncle) => uncle.hash),
  };
}

/** A candidate block: what its seal will decide (hash, nonce, who mines it) is null. */
export function pendingBlockView(block: Block, full: boolean): JsonObject {
  return {
    ...headerView(block),
    hash: null,
    nonce: null,
    miner: null,
    logsBloom: EMPTY_BLOOM,
    size: quantity(block.raw.length),
    transactions: full
      ? block.transactions.map((transaction) => transactionView(transaction, undefined))
      : block.transactions.map((transaction) => transaction.hash),
    uncles: block.uncles.map((uncle) => uncle.hash),
  };
}

/** What two empty lists and the header of the list around them add to a block that is only a header. */
const EMPTY_BODY_BYTES = 5;

/** An uncle as a block of its own, without the body that nobody keeps. */
export function uncleView(uncle: SealedHeader): JsonObject {
  return { ...headerView(uncle), size: quantity(uncle.raw.length + EMPTY_BODY_BYTES), uncles: [] };
}
