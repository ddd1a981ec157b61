import { Heap } from '../base/heap.js';
import { effectiveTip, type Transaction } from '../types/transaction.js';
import type { AccountEntries } from './account-entries.js';
import type { Entry } from './entry.js';
import type { BestTransactions } from './pool.js';

/** A sender's next transaction. */
interface Candidate {
  readonly account: AccountEntries;
  readonly index: number;
  readonly entry: Entry;
  readonly tip: bigint;
}

/** See `TxPool.best`. Costs O(accounts) to begin and O(log accounts) a transaction. */
export function bestTransactions(accounts: Iterable<AccountEntries>, baseFee: bigint): BestTransactions {
  const heap = new Heap<Candidate>((a, b) => (a.tip === b.tip ? a.entry.arrival < b.entry.arrival : a.tip > b.tip));

  function offer(account: AccountEntries, index: number): void {
    const entry = account.pending[index];
    if (entry === undefined || entry.feeCap < baseFee) return;
    heap.push({ account, index, entry, tip: effectiveTip(entry.tx, baseFee) });
  }

  for (const account of accounts) offer(account, 0);
  return {
    peek: (): Transaction | undefined => heap.peek()?.entry.tx,
    take() {
      const taken = heap.pop();
      if (taken !== undefined) offer(taken.account, taken.index + 1);
    },
    skipSender() {
      heap.pop();
    },
  };
}
