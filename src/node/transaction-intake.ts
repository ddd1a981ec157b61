import type { TxResult } from '../net/backend.js';
import type { ConnId } from '../net/io.js';
import type { AddResult, TxPool } from '../txpool/pool.js';
import type { Transaction } from '../types/transaction.js';
import type { JobTable } from './job-table.js';

/** Transactions whose senders may be under recovery at once; more are not taken, and whoever has them is asked again. */
const MAX_IN_RECOVERY = 8_192;
/** Of them, from one connection: it may not keep out what the others bring. */
const MAX_OF_ONE = MAX_IN_RECOVERY / 4;
/** Local users' transactions that wait for their senders; those that come on top cost the step their recovery. */
const MAX_LOCAL_WAITING = 4_096;
/** How many of them a job recovers, since its end adds them all in one step. */
const LOCAL_AT_ONCE = 512;
/** Jobs for them at once: a thread begins the next while the last one's are added. */
const LOCAL_JOBS = 2;
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

/** Transactions on their way into the pool. */
export interface TransactionIntake {
  /**
   * Takes a transaction of a local user; `done` is called once with the pool's answer, in this step or a later one.
   * Those of local users are taken in the order in which they came.
   */
  submitLocal(transaction: Transaction, done: (result: AddResult) => void, nowMs: number): void;
  /** Takes the first ones of what the peer `conn` sent, as many as there is room for; returns how many. The pool's own count as taken. */
  submit(transactions: readonly Transaction[], conn: ConnId): number;
  /** Offers recovered batches to the pool, within one step's budget; true if more are ready. */
  run(nowMs: number): boolean;
  /** 0 while there are local transactions to recover: what else comes in the same turn shares their job. */
  nextWake(): number;
  tick(): void;
}

interface LocalEntry {
  readonly transaction: Transaction;
  readonly done: (result: AddResult) => void;
}

interface LocalBatch {
  readonly entries: readonly LocalEntry[];
  ready: boolean;
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

/** Creates the intake. Senders are recovered in batches by jobs, since that is what a transaction costs most. */
export function createTransactionIntake(deps: IntakeDeps): TransactionIntake {
  // BOUNDED: by MAX_IN_RECOVERY transactions, waiting batches included.
  const ready: Batch[] = [];
  let held = 0;
  // BOUNDED: by MAX_IN_RECOVERY, as each connection in it holds one at least.
  const heldOf = new Map<ConnId, number>();
  // BOUNDED: by MAX_LOCAL_WAITING.
  const waiting: LocalEntry[] = [];
  // BOUNDED: by LOCAL_JOBS batches of LOCAL_AT_ONCE. In the order in which they came; only the first is added when it is ready.
  const recovering: LocalBatch[] = [];

  function hold(conn: ConnId, change: number): void {
    held += change;
    const own = (heldOf.get(conn) ?? 0) + change;
    if (own > 0) heldOf.set(conn, own);
    else heldOf.delete(conn);
  }

  function addLocal({ transaction, done }: LocalEntry, nowMs: number): void {
    done(deps.pool.add(transaction, { local: true }, nowMs));
  }

  const mayRecover = (): boolean => waiting.length > 0 && recovering.length < LOCAL_JOBS;

  function recoverLocal(): void {
    const batch: LocalBatch = { entries: waiting.splice(0, LOCAL_AT_ONCE), ready: false };
    recovering.push(batch);
    const transactions = batch.entries.map(({ transaction }) => transaction);
    deps.jobs.start({ kind: 'recover-senders', transactions }, (nowMs) => {
      batch.ready = true;
      while (recovering[0]?.ready) for (const entry of recovering.shift()?.entries ?? []) addLocal(entry, nowMs);
    });
  }

  return {
    submitLocal(transaction, done, nowMs) {
      const entry = { transaction, done };
      const isFirst = waiting.length === 0 && recovering.length === 0;
      const needsSender = transaction.sender === undefined && !deps.pool.has(transaction.hash);
      if ((isFirst && !needsSender) || waiting.length >= MAX_LOCAL_WAITING) addLocal(entry, nowMs);
      else waiting.push(entry);
    },
    submit(transactions, conn) {
      const room = Math.min(MAX_IN_RECOVERY - held, MAX_OF_ONE - (heldOf.get(conn) ?? 0));
      const fresh: Transaction[] = []; // BOUNDED: by the room
      let taken = 0;
      for (const transaction of transactions) {
        const isNew = !deps.pool.has(transaction.hash);
        if (isNew && fresh.length === room) break;
        if (isNew) fresh.push(transaction);
        taken++;
      }
      if (fresh.length === 0) return taken;
      hold(conn, fresh.length);
      const batch = { transactions: fresh, conn };
      const unknown = fresh.filter((transaction) => transaction.sender === undefined);
      if (unknown.length === 0) ready.push(batch);
      else deps.jobs.start({ kind: 'recover-senders', transactions: unknown }, () => ready.push(batch));
      return taken;
    },
    run(nowMs) {
      let added = 0;
      for (let batch = ready.shift(); batch !== undefined; batch = ready.shift()) {
        const { transactions, conn } = batch;
        hold(conn, -transactions.length);
        added += transactions.length;
        const results = transactions.map((tx) => toTxResult(deps.pool.add(tx, { local: false }, nowMs)));
        deps.onResults(nowMs, conn, transactions, results);
        if (added >= ADDS_PER_STEP) return ready.length > 0;
      }
      return false;
    },
    nextWake: () => (mayRecover() ? 0 : Number.POSITIVE_INFINITY),
    tick() {
      while (mayRecover()) recoverLocal();
    },
  };
}
