import type { Chain } from '../chain/chain.js';
import type { KvBatch } from '../ports/kv.js';
import type { Database, JobResult } from './job.js';
import type { JobTable } from './job-table.js';
import type { NodeOutput } from './output.js';

/**
 * Batches under way to the chain database beyond which no more blocks are imported: what is not on disk yet is held in
 * memory, and this bounds it.
 */
const MAX_WRITES_IN_FLIGHT = 32;
/** While the node catches up, every so many batches one is synced to the disk itself; at the head each one is. */
const SYNC_EVERY = 64;

/** Brings what the rooms changed to the databases, in order. */
export interface Writer {
  /** Starts the write of what the chain changed, if anything. `atHead`: each batch survives a power cut at once. */
  flushChain(atHead: boolean): void;
  /**
   * Starts the write of what `take` gives of the pool's journal. While one is under way the next waits, unless `atOnce`:
   * under load many transactions then share a write.
   */
  flushJournal(take: () => KvBatch | undefined, atOnce: boolean): void;
  /** Starts the write of other records. */
  write(database: Database, batch: KvBatch): void;
  /** True while so much is under way that no more should be changed. */
  saturated(): boolean;
}

/** Creates the writer; a failed write stops the node. */
export function createWriter(chain: Chain, jobs: JobTable, emit: (output: NodeOutput) => void): Writer {
  let inFlight = 0;
  let sinceSync = 0;
  let journalUnderWay = false;

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
    flushJournal(take, atOnce) {
      if (journalUnderWay && !atOnce) return;
      const batch = take();
      if (batch === undefined) return;
      journalUnderWay = true;
      jobs.start({ kind: 'write', database: 'chain', batch, sync: false }, (_nowMs, result) => {
        journalUnderWay = failed(result);
      });
    },
    write(database, batch) {
      jobs.start({ kind: 'write', database, batch, sync: false }, (_nowMs, result) => {
        failed(result);
      });
    },
    saturated: () => inFlight >= MAX_WRITES_IN_FLIGHT,
  };
}
