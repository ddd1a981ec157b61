import type { Hash32 } from '../base/brand.js';
import { toHex } from '../base/hex.js';
import type { RpcBackend } from './backend.js';
import { findMined, findMinedBySender, type MinedTransaction } from './find-transaction.js';
import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { type BlockRef, blockNumber } from './param-block.js';
import { address, hash, index, uint64 } from './param-values.js';
import { findBlock, findPending, mustFindReceipts } from './resolve.js';
import { receiptView } from './view-receipt.js';
import { transactionView } from './view-transaction.js';

/** Transactions in one eth_pendingTransactions answer: the pool's own content methods show all. */
const MAX_PENDING_SHOWN = 5_000;

const byHash = (value: Hash32): BlockRef => ({ kind: 'hash', hash: value, requireCanonical: false });
const minedView = (found: MinedTransaction): Json => transactionView(found.transaction, found);

/** The receipt of a mined transaction, or null. */
export function receiptOf({ chain }: RpcBackend, transactionHash: Hash32): Json {
  const found = findMined(chain, transactionHash);
  if (found === undefined) return null;
  const receipts = mustFindReceipts(chain, found.block.hash);
  return receiptView(found.block, found.block.transactions, receipts, found.index);
}

/** Transactions and receipts, mined or waiting. What is not there is null. */
export function ethTransactionMethods(backend: RpcBackend): readonly Method[] {
  const { chain, pool } = backend;
  const hashParam = required('Transaction hash', hash);
  const blockHash = required('Block hash', hash);
  const block = required('Block', blockNumber);
  const position = required('Transaction index', index);

  function at(ref: BlockRef, place: number): Json {
    const pending = findPending(chain, ref);
    const found = pending?.block ?? findBlock(chain, ref);
    const transaction = found?.transactions[place];
    if (found === undefined || transaction === undefined) return null;
    return transactionView(transaction, pending === undefined ? { block: found, index: place } : undefined);
  }

  function rawAt(ref: BlockRef, place: number): Json {
    const transaction = (findPending(chain, ref)?.block ?? findBlock(chain, ref))?.transactions[place];
    // geth's word for "none" here.
    return transaction === undefined ? '0x' : toHex(transaction.raw);
  }

  return [
    method('eth_getTransactionByHash', [hashParam], (_, value) => {
      const mined = findMined(chain, value);
      if (mined !== undefined) return minedView(mined);
      const waiting = pool.get(value);
      return waiting === undefined ? null : transactionView(waiting, undefined);
    }),
    method('eth_getTransactionByBlockHashAndIndex', [blockHash, position], (_, value, place) =>
      at(byHash(value), place),
    ),
    method('eth_getTransactionByBlockNumberAndIndex', [block, position], (_, ref, place) => at(ref, place)),
    method('eth_getTransactionReceipt', [hashParam], (_, value) => receiptOf(backend, value)),
    method('eth_getRawTransactionByHash', [hashParam], (_, value) => {
      const found = findMined(chain, value)?.transaction ?? pool.get(value);
      return found === undefined ? '0x' : toHex(found.raw);
    }),
    method('eth_getRawTransactionByBlockHashAndIndex', [blockHash, position], (_, value, place) =>
      rawAt(byHash(value), place),
    ),
    method('eth_getRawTransactionByBlockNumberAndIndex', [block, position], (_, ref, place) => rawAt(ref, place)),
    method(
      'eth_getTransactionBySenderAndNonce',
      [required('Sender', address), required('Nonce', uint64)],
      (_, sender, nonce) => {
        const waiting = pool.bySenderAndNonce(sender, nonce);
        if (waiting !== undefined) return transactionView(waiting, undefined);
        const mined = findMinedBySender(backend, sender, nonce);
        return mined === undefined ? null : minedView(mined);
      },
    ),
    method('eth_pendingTransactions', [optional('Limit', uint64)], (_, limit) =>
      pool
        .pending(Math.min(MAX_PENDING_SHOWN, Number(limit ?? MAX_PENDING_SHOWN)))
        .map((transaction) => transactionView(transaction, undefined)),
    ),
  ];
}
