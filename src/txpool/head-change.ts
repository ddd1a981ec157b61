import type { Address } from '../base/brand.js';
import { senderOf } from '../types/sender.js';
import type { Transaction } from '../types/transaction.js';
import type { HeadChange } from './pool.js';

/** What a change of the canonical chain means for a pool. */
export interface PoolChanges {
  /** Every account whose nonce or balance may be another now. */
  readonly touched: ReadonlySet<Address>;
  /** Transactions that are in no canonical block any more, in the order of the dropped blocks. */
  readonly returning: readonly Transaction[];
}

/** Collects {@link PoolChanges} of a whole change; linear in the transactions of its blocks. */
export function changesOf({ dropped, added }: HeadChange): PoolChanges {
  const touched = new Set<Address>();
  for (const block of [...dropped, ...added]) {
    touched.add(block.header.coinbase);
    for (const uncle of block.uncles) touched.add(uncle.header.coinbase);
    for (const tx of block.transactions) {
      const sender = senderOf(tx);
      if (sender !== undefined) touched.add(sender);
      if (tx.to !== null) touched.add(tx.to);
    }
  }
  if (dropped.length === 0) return { touched, returning: [] };
  const included = new Set(added.flatMap((block) => block.transactions.map((tx) => tx.hash)));
  const returning = dropped.flatMap((block) => block.transactions.filter((tx) => !included.has(tx.hash)));
  return { touched, returning };
}
