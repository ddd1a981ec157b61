import { Worker } from 'node:worker_threads';
import { crypto } from '../../crypto/select.js';
import { senderOf, setSender } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';
import { type SharedBatch, shareTransactions } from './recover-batch.js';
import type { RecoverMessage } from './recover-worker.js';
import { startThreads } from './start-threads.js';
import { workerUrl } from './worker-url.js';

/** How sender recovery is shared out. */
export interface RecoverWorkersConfig {
  /** 0: everything on the calling thread. */
  readonly threads: number;
  /** Fewer signatures than this are recovered at once on the calling thread. */
  readonly minBatch?: number;
  /** A thread died, or could not start; its batches are recovered on the calling thread. */
  readonly onFailure?: (error: Error) => void;
}

/** Threads that recover the senders of transactions. */
export interface RecoverWorkers {
  /** Caches the sender of each transaction; one that nobody can have signed stays without. Never rejects. */
  recoverSenders(transactions: readonly Transaction[]): Promise<void>;
  /** Ends all threads; what they had not answered is recovered on the calling thread. */
  close(): Promise<void>;
}

/** Two messages and the waking of a thread cost the calling thread about half a recovery, and more in all. */
const DEFAULT_MIN_BATCH = 3;
/** Signatures a message: 15 ms of work, so that batches of two callers take turns. */
const CHUNK = 256;
/** Signatures that the calling thread recovers between two turns of its event loop: under 1 ms. */
const OWN_PER_TURN = 8;

interface Batch extends SharedBatch {
  readonly transactions: readonly Transaction[];
  readonly done: () => void;
  /** The calling thread looks at those before this one next. */
  end: number;
}

interface Thread {
  readonly worker: Worker;
  // BOUNDED: by what callers have not awaited yet.
  readonly batches: Map<number, Batch>;
}

/**
 * No thread runs before the first batch; they use the same crypto backend as the calling thread, which takes its share of
 * each batch whenever it has nothing else to do: from the end on, while the thread begins at the start.
 */
export function createRecoverWorkers(config: RecoverWorkersConfig): RecoverWorkers {
  const minBatch = config.minBatch ?? DEFAULT_MIN_BATCH;
  let threads: Thread[] = [];
  let unstarted = config.threads;
  let nextId = 0;
  // BOUNDED: by what callers have not awaited yet. Batches of which something may be left to take up, oldest first.
  const open: Batch[] = [];
  let helping = false;

  function spawn(): Thread {
    const worker = new Worker(workerUrl('recover-worker'), { workerData: crypto().name, name: 'recover' });
    worker.unref();
    const thread: Thread = { worker, batches: new Map() };
    worker.on('message', (id: number) => {
      const batch = thread.batches.get(id);
      thread.batches.delete(id);
      if (batch !== undefined) finish(batch);
    });
    worker.on('error', (error) => {
      config.onFailure?.(error);
      abandon(thread);
    });
    return thread;
  }

  /** The thread has taken up all that the calling thread had not, and is done with it. */
  function finish({ transactions, answer, end, done }: Batch): void {
    for (let index = 0; index < end; index++) {
      const tx = transactions[index];
      const sender = answer(index);
      if (tx !== undefined && sender !== undefined) setSender(tx, sender);
    }
    done();
  }

  function abandon(thread: Thread): void {
    threads = threads.filter((other) => other !== thread);
    for (const batch of thread.batches.values()) {
      batch.end = 0;
      batch.transactions.forEach(senderOf);
      batch.done();
    }
    thread.batches.clear();
  }

  function send(transactions: readonly Transaction[]): Promise<void> {
    const thread = threads.reduce((least, other) => (other.batches.size < least.batches.size ? other : least));
    const shared = shareTransactions(transactions.map(({ raw }) => raw));
    const id = nextId++;
    return new Promise((done) => {
      const batch: Batch = { ...shared, transactions, done, end: shared.count };
      thread.batches.set(id, batch);
      thread.worker.postMessage({ id, memory: shared.memory } satisfies RecoverMessage);
      open.push(batch);
      if (helping) return;
      helping = true;
      setImmediate(help);
    });
  }

  /** Recovers the last one that the thread has not taken up; false if there is none. */
  function recoverLast(batch: Batch): boolean {
    const tx = batch.transactions[batch.end - 1];
    if (tx === undefined || !batch.take(batch.end - 1)) return false;
    batch.end--;
    senderOf(tx);
    return true;
  }

  function help(): void {
    for (let left = OWN_PER_TURN; left > 0; ) {
      const batch = open[0];
      if (batch === undefined) {
        helping = false;
        return;
      }
      if (recoverLast(batch)) left--;
      else open.shift();
    }
    setImmediate(help);
  }

  return {
    async recoverSenders(transactions) {
      const unknown = transactions.filter((tx) => tx.sender === undefined);
      if (unstarted > 0 && unknown.length >= minBatch) {
        threads = startThreads(unstarted, spawn, config.onFailure);
        unstarted = 0;
      }
      if (threads.length === 0 || unknown.length < minBatch) {
        unknown.forEach(senderOf);
        return;
      }
      const answers: Promise<void>[] = [];
      const size = Math.min(CHUNK, Math.ceil(unknown.length / threads.length));
      for (let start = 0; start < unknown.length; start += size) answers.push(send(unknown.slice(start, start + size)));
      await Promise.all(answers);
    },
    async close() {
      const ending = threads;
      unstarted = 0;
      ending.forEach(abandon);
      await Promise.all(ending.map(({ worker }) => worker.terminate()));
    },
  };
}
