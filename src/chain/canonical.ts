import type { Hash32 } from '../base/brand.js';
import { removeCanonical, writeCanonical, writeHead } from '../store/records.js';
import type { Block } from '../types/block.js';
import type { Transaction } from '../types/transaction.js';
import type { BlockStore } from './block-store.js';
import type { Reorg } from './chain.js';

/** Blocks that a reorganisation hands out on each side. */
export const MAX_HANDED_OUT = 64;
/** Transactions that it gives back: nearly as many as a pool holds, whose senders are recovered in a quarter of a second. */
const MAX_RETURNED = 4096;

/**
 * Makes the stored block `to` the head in place of `from`: canonical numbers, transaction places and the head marker
 * follow in the same batch. Blocks and states stay where they are; only what points at them moves. Blocks are read one at a time: a long
 * walk is not to fill the memory, nor to push the blocks at the tip out of it.
 */
export function moveHead(store: BlockStore, from: Hash32, to: Hash32): Reorg {
  const dropped: Block[] = []; // BOUNDED: by MAX_HANDED_OUT
  const added: Block[] = []; // BOUNDED: by MAX_HANDED_OUT
  const joining: Hash32[] = []; // BOUNDED: by the chain; without the blocks
  let leaving: Transaction[] = []; // BOUNDED: by MAX_RETURNED, twice, and one block; the last ones first
  let left = store.headerOrFail(from);
  let right = store.headerOrFail(to);
  const { number } = left.header;
  while (left.hash !== right.hash) {
    const [leftNumber, rightNumber] = [left.header.number, right.header.number];
    if (leftNumber >= rightNumber) {
      const block = store.peekBlockOrFail(left.hash);
      removeCanonical(store.kv, leftNumber, transactionHashes(block));
      for (const tx of block.transactions.toReversed()) leaving.push(tx);
      // Of too many the first ones stay, without which the others could not be mined.
      if (leaving.length > 2 * MAX_RETURNED) leaving = leaving.slice(-MAX_RETURNED);
      if (dropped.length < MAX_HANDED_OUT) dropped.push(block);
      left = store.headerOrFail(left.header.parentHash);
    }
    if (rightNumber >= leftNumber) {
      joining.push(right.hash);
      right = store.headerOrFail(right.header.parentHash);
    }
  }
  // After all removals: a transaction may be in a block of either side.
  for (const hash of joining) {
    const block = store.peekBlockOrFail(hash);
    writeCanonical(store.kv, block.header.number, hash, transactionHashes(block));
    if (added.length < MAX_HANDED_OUT) added.push(block);
  }
  writeHead(store.kv, to);
  const common = left.header.number;
  const depth = number - common;
  const isWhole = depth === dropped.length && joining.length === added.length;
  const returning = leaving.slice(-MAX_RETURNED).filter((tx) => store.transactionLocation(tx.hash) === undefined);
  return {
    common,
    depth,
    dropped: dropped.reverse(),
    added: added.reverse(),
    isWhole,
    returning: returning.reverse(),
  };
}

function transactionHashes(block: Block): Hash32[] {
  return block.transactions.map((tx) => tx.hash);
}
