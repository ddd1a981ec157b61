import { BoundedMap } from '../../base/bounded.js';
import type { Address, Hash32 } from '../../base/brand.js';
import { senderOf, setSender } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';

/** Transactions whose senders are remembered: more than are on their way at any time. */
const MAX_REMEMBERED = 131_072;

/** Finds the sender of a transaction, and notes it on it. */
export type RecoverSender = (transaction: Transaction) => void;

/**
 * Recovers each sender once for all nodes of a world. A transaction's hash covers its signature, so whoever holds the same hash has the
 * same sender; what has none is tried each time.
 */
export function createSenderMemo(): RecoverSender {
  const senders = new BoundedMap<Hash32, Address>(MAX_REMEMBERED);
  return (transaction) => {
    const known = senders.peek(transaction.hash);
    if (known !== undefined) {
      setSender(transaction, known);
      return;
    }
    const sender = senderOf(transaction);
    if (sender !== undefined) senders.set(transaction.hash, sender);
  };
}
