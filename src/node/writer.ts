import type { Chain } from '../chain/chain.js';
import type { KvBatch } from '../ports/kv.js';
import type { Database, JobResult } from './job.js';
import type { JobTable } from './job-table.js';
import type { NodeOutput } from './output.js';

/**
 * Batches under way to the chain database beyond which no more blocks are imported: what is not on disk yet is held in
 * memory, and this bounds it. It also bounds what a kill in the middle of a sync costs: some hundred blocks.
 */
const MAX_WRITES_IN_FLIGHT = 8;
/** While the node catches up, every so many batches one is synced to the disk itself; at the head each one is. */
const SYNC_EVERY = 64;
/** From one write of the journal to the next: what kill -9 may take of it, and what thousands of transactions a second share. */
const JOURNAL_GAP_MS = 5;

/** Brings what the rooms changed to the databases, in order. */
export interface Writer {
  /** Starts the write of what the chain changed, if anything. `atHead`: each batch survives a power cut at once. */
  flushChain(atHead: boolean): void;
  /**
   * Starts the write of what `take` gives of the pool's journal. The next waits for a moment and for the end of the one
   * before, unless `isLast`: under load many transactions then share a write.
   */
  flushJournal(nowMs: number, take: () => KvBatch | undefined, isLast: boolean): void;
  /** Starts the write of other records. */
  write(database: Database, batch: KvBatch): void;
  /** True while a change of the chain is not on the disk yet. */
  behind(): boolean;
  /** True while so much is under way that no more should be changed. */
  saturated(): boolean;
  /** When the journal may be written again, if that is not yet so; else Infinity. */
  nextWake(): number;
}

/** Creates the writer; a failed write stops the node. */
export function createWriter(chain: Chain, jobs: JobTable, emit: (output: NodeOutput) => void): Writer {
  let inFlight = 0;
  let sinceSync = 0;
  let journalUnderWay = false;
  let journalAtMs = Number.NEGATIVE_INFINITY;
  let journalWaits = false;

  function failed(result: JobResult): boolean {
    if (result.kind !== 'write-failed') return false;
    emit({ kind: 'fatal', reason: result.reason, message: result.message });
    return true;
  }

  return {
    flushChain(atHead) {
      const batch = chain.takeBatch();
      if (batch === undefined) return;
      sinceSync++;
      const sync = atHead || sinceSync >= SYNC_EVERY;
      if (sync) sinceSync = 0;
      inFlight++;
      jobs.start({ kind: 'write', database: 'chain', batch, sync }, (_nowMs, result) => {
        if (failed(result)) return;
        inFlight--;
        chain.markWritten();
      });
    },
    flushJournal(nowMs, take, isLast) {
      journalWaits = nowMs < journalAtMs + JOURNAL_GAP_MS;
      if ((journalUnderWay || journalWaits) && !isLast) return;
      const batch = take();
      if (batch === undefined) return;
      journalUnderWay = true;
      journalAtMs = nowMs;
      jobs.start({ kind: 'write', database: 'chain', batch, sync: false }, (_nowMs, result) => {
        journalUnderWay = failed(result);
      });
    },
    write(database, batch) {
      jobs.start({ kind: 'write', database, batch, sync: false }, (_nowMs, result) => {
        failed(result);
      });
    },
    behind: () => inFlight > 0,
    nextWake: () => (journalWaits && !journalUnderWay ? journalAtMs + JOURNAL_GAP_MS : Number.POSITIVE_INFINITY),
    saturated: () => inFlight >= MAX_WRITES_IN_FLIGHT,
  };
}
