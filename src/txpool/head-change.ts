import type { Address } from '../base/brand.js';
import { senderOf } from '../types/sender.js';
import type { HeadChange } from './pool.js';

/** Every account whose nonce or balance may be another after a whole change; linear in the transactions of its blocks. */
export function touchedBy({ dropped, added }: HeadChange): ReadonlySet<Address> {
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
  return touched;
}
