import type { Hash32 } from '../base/brand.js';
import { removeCanonical, writeCanonical, writeHead } from '../store/records.js';
import type { Block } from '../types/block.js';
import type { BlockStore } from './block-store.js';
import type { Reorg } from './chain.js';

/**
 * Makes the stored block `to` the head in place of `from`: canonical numbers, transaction places and the head marker
 * follow in the same batch. Blocks and states stay where they are; only what points at them moves.
 */
export function moveHead(store: BlockStore, from: Hash32, to: Hash32): Reorg {
  const { common, dropped, added } = pathBetween(store, from, to);
  for (const block of dropped) removeCanonical(store.kv, block.header.number, transactionHashes(block));
  for (const block of added) writeCanonical(store.kv, block.header.number, block.hash, transactionHashes(block));
  writeHead(store.kv, to);
  return { common, dropped, added };
}

/** The last common ancestor of two stored blocks, and the blocks above it on either side, in rising order. */
function pathBetween(store: BlockStore, from: Hash32, to: Hash32): Reorg {
  const dropped: Block[] = [];
  const added: Block[] = [];
  let left = store.headerOrFail(from);
  let right = store.headerOrFail(to);
  while (left.hash !== right.hash) {
    const [leftNumber, rightNumber] = [left.header.number, right.header.number];
    if (leftNumber >= rightNumber) {
      dropped.push(store.blockOrFail(left.hash));
      left = store.headerOrFail(left.header.parentHash);
    }
    if (rightNumber >= leftNumber) {
      added.push(store.blockOrFail(right.hash));
      right = store.headerOrFail(right.header.parentHash);
    }
  }
  return { common: left.header.number, dropped: dropped.reverse(), added: added.reverse() };
}

function transactionHashes(block: Block): Hash32[] {
  return block.transactions.map((tx) => tx.hash);
}
