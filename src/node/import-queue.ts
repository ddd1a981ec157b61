import type { BlockOutcome, Chain } from '../chain/chain.js';
import type { BlockSource } from '../net/backend.js';
import type { Block } from '../types/block.js';
import { setSender } from '../types/sender.js';
import type { Transaction } from '../types/transaction.js';
import type { JobTable } from './job-table.js';

/** Blocks that may wait: enough to keep a sync busy, few enough that their bytes are bounded by the next constant. */
const MAX_BLOCKS = 512;
/** Bytes of waiting blocks: seconds of import where they are full. Decoded they take about ten times as much memory. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Transactions executed in one step, so that a step stays near 50 ms; a single larger block still goes whole. */
const TRANSACTIONS_PER_STEP = 1_500;
/** Blocks imported in one step, for the same reason where they are empty. */
const BLOCKS_PER_STEP = 64;
/** Fewer missing senders than this are recovered in the step itself: a job would cost more than it saves. */
const INLINE_RECOVERIES = 4;

/** Where a block came from: a peer, or nobody who waits for the result. */
export type ImportSource = BlockSource | undefined;

/** The surroundings of the queue. */
export interface ImportQueueDeps {
  readonly chain: Chain;
  readonly jobs: JobTable;
  /** A pooled transaction, whose sender is known already. */
  readonly pooled: (hash: Transaction['hash']) => Transaction | undefined;
  /** True while the database is behind. */
  readonly saturated: () => boolean;
  /** Called once for each submitted block, in order, and for each orphan that it brought in (without a source). */
  readonly onOutcome: (nowMs: number, block: Block, source: ImportSource, outcome: BlockOutcome) => void;
}

/** Blocks on their way into the chain, first come first served. */
export interface ImportQueue {
  /** False if the queue is full. Nothing is imported before the next `run`. */
  submit(block: Block, source: ImportSource): boolean;
  size(): number;
  /** Imports what is ready, within one step's budget; true if more is ready for another step at once. */
  run(nowMs: number): boolean;
}

interface Entry {
  readonly block: Block;
  readonly source: ImportSource;
  ready: boolean;
}

/** Creates an empty queue. */
export function createImportQueue(deps: ImportQueueDeps): ImportQueue {
  // BOUNDED: by MAX_BLOCKS and MAX_BYTES; a full queue refuses.
  const entries: Entry[] = [];
  let bytes = 0;

  function withoutSender(block: Block): Transaction[] {
    return block.transactions.filter((transaction) => {
      if (transaction.sender !== undefined) return false;
      const sender = deps.pooled(transaction.hash)?.sender;
      if (sender === undefined) return true;
      setSender(transaction, sender);
      return false;
    });
  }

  function importFirst(nowMs: number, entry: Entry): void {
    entries.shift();
    bytes -= entry.block.raw.length;
    const { alsoImported, ...outcome } = deps.chain.importBlock(entry.block, Math.floor(nowMs / 1000));
    deps.onOutcome(nowMs, entry.block, entry.source, outcome);
    for (const adopted of alsoImported) deps.onOutcome(nowMs, adopted.block, undefined, adopted.outcome);
  }

  return {
    submit(block, source) {
      if (entries.length >= MAX_BLOCKS || bytes >= MAX_BYTES) return false;
      const missing = withoutSender(block);
      const entry: Entry = { block, source, ready: missing.length < INLINE_RECOVERIES };
      entries.push(entry);
      bytes += block.raw.length;
      if (!entry.ready) {
        deps.jobs.start({ kind: 'recover-senders', transactions: missing }, () => {
          entry.ready = true;
        });
      }
      return true;
    },
    size: () => entries.length,
    run(nowMs) {
      let blocks = 0;
      let transactions = 0;
      for (;;) {
        const first = entries[0];
        if (first === undefined || !first.ready || deps.saturated()) return false;
        const budgetSpent = transactions + first.block.transactions.length > TRANSACTIONS_PER_STEP;
        if (blocks > 0 && (blocks >= BLOCKS_PER_STEP || budgetSpent)) return true;
        blocks++;
        transactions += first.block.transactions.length;
        importFirst(nowMs, first);
      }
    },
  };
}
