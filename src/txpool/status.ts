import type { AccountEntries } from './account-entries.js';
import type { Entry } from './entry.js';
import type { TransactionStatus } from './pool.js';

/** Why `entry` of `account` is not in a block yet; `baseFee` is the next block's. */
export function statusOf(entry: Entry, account: AccountEntries, baseFee: bigint): TransactionStatus {
  if (entry.tx.nonce > account.nextNonce) return missingBefore(entry, account);
  if (entry.feeCap < baseFee) return { kind: 'fee-cap-below-base-fee', feeCap: entry.feeCap, baseFee };
  if (entry.tx.nonce === account.nextNonce) return { kind: 'no-room' };
  if (entry.rank >= 0n) return { kind: 'ready' };
  const underpriced = account.pending.find((earlier) => earlier.tip < 0n);
  return { kind: 'behind-underpriced', nonce: underpriced?.tx.nonce ?? account.nonce };
}

/** The first nonce that is missing before a queued entry; its predecessors may all be there and wait for room. */
function missingBefore(entry: Entry, account: AccountEntries): TransactionStatus {
  let missing = account.nextNonce;
  for (const queued of account.queued) {
    if (queued.tx.nonce !== missing || queued === entry) break;
    missing++;
  }
  return missing === entry.tx.nonce ? { kind: 'no-room' } : { kind: 'nonce-gap', missing };
}
