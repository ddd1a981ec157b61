import type { TxResult } from '../net/backend.js';
import type { ConnId } from '../net/io.js';
import type { AddResult, TxPool } from '../txpool/pool.js';
import type { Transaction } from '../types/transaction.js';
import type { JobTable } from './job-table.js';

/** Transactions whose senders may be under recovery at once; more are dropped, their announcers will be asked again. */
const MAX_IN_RECOVERY = 8_192;
/** Transactions offered to the pool in one step, so that a flood can't hold up a step. */
const ADDS_PER_STEP = 2_000;

/** The surroundings of the intake. */
export interface IntakeDeps {
  readonly pool: TxPool;
  readonly jobs: JobTable;
  readonly onResults: (
    nowMs: number,
    conn: ConnId,
    transactions: readonly Transaction[],
    results: readonly TxResult[],
  ) => void;
}

/** Peers' transactions on their way into the pool. */
export interface TransactionIntake {
  submit(transactions: readonly Transaction[], conn: ConnId): void;
  /** Offers recovered batches to the pool, within one step's budget; true if more are ready. */
  run(nowMs: number): boolean;
}

interface Batch {
  readonly transactions: readonly Transaction[];
  readonly conn: ConnId;
}

/** What a peer's handling needs to know of the pool's answer. */
export function toTxResult(result: AddResult): TxResult {
  switch (result.kind) {
    case 'added':
    case 'known':
      return { kind: result.kind };
    case 'invalid':
    case 'refused':
      return { kind: result.kind, code: result.code };
  }
}

/** Creates the intake. Senders are recovered in batches by a job, since that is what a transaction costs most. */
export function createTransactionIntake(deps: IntakeDeps): TransactionIntake {
  // BOUNDED: by MAX_IN_RECOVERY transactions, waiting batches included.
  const ready: Batch[] = [];
  let held = 0;

  return {
    submit(transactions, conn) {
      const fresh = transactions.filter((transaction) => !deps.pool.has(transaction.hash));
      if (fresh.length === 0 || held + fresh.length > MAX_IN_RECOVERY) return;
      held += fresh.length;
      const batch = { transactions: fresh, conn };
      const unknown = fresh.filter((transaction) => transaction.sender === undefined);
      if (unknown.length === 0) ready.push(batch);
      else deps.jobs.start({ kind: 'recover-senders', transactions: unknown }, () => ready.push(batch));
    },
    run(nowMs) {
      let added = 0;
      for (let batch = ready.shift(); batch !== undefined; batch = ready.shift()) {
        const { transactions, conn } = batch;
        held -= transactions.length;
        added += transactions.length;
        const results = transactions.map((tx) => toTxResult(deps.pool.add(tx, { local: false }, nowMs)));
        deps.onResults(nowMs, conn, transactions, results);
        if (added >= ADDS_PER_STEP) return ready.length > 0;
      }
      return false;
    },
  };
}
