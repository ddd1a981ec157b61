import { Worker } from 'node:worker_threads';
import { crypto } from '../../crypto/select.js';
import { senderOf, setSender } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';
import { packTransactions, unpackAnswers } from './recover-batch.js';
import type { RecoverMessage } from './recover-worker.js';
import { workerUrl } from './worker-url.js';

/** How sender recovery is shared out. */
export interface RecoverWorkersConfig {
  /** 0: everything on the calling thread. */
  readonly threads: number;
  /** Fewer signatures than this are recovered at once on the calling thread: a thread's answer takes about 0.1 ms. */
  readonly minBatch?: number;
  /** The part of a larger batch, 0 to 1, that the calling thread recovers itself meanwhile. */
  readonly mainShare?: number;
  /** A thread died; its batches are recovered on the calling thread. */
  readonly onFailure?: (error: Error) => void;
}

/** Threads that recover the senders of transactions. */
export interface RecoverWorkers {
  /** Caches the sender of each transaction; one that nobody can have signed stays without. Never rejects. */
  recoverSenders(transactions: readonly Transaction[]): Promise<void>;
  /** Ends all threads; what they had not answered is recovered on the calling thread. */
  close(): Promise<void>;
}

/**
 * Two messages and the waking of a thread cost as much CPU as one or two recoveries. Single calls of 16 clients, which
 * come a handful a turn, are accepted 1.5 times as fast when they stay on the calling thread.
 */
const DEFAULT_MIN_BATCH = 24;
/** Signatures a message: 15 ms of work, so that batches of two callers take turns. */
const CHUNK = 256;

interface Waiting {
  readonly transactions: readonly Transaction[];
  readonly done: () => void;
}

interface Thread {
  readonly worker: Worker;
  // BOUNDED: by what callers have not awaited yet.
  readonly waiting: Map<number, Waiting>;
}

/** No thread runs before the first large batch; they use the same crypto backend as the calling thread. */
export function createRecoverWorkers(config: RecoverWorkersConfig): RecoverWorkers {
  const minBatch = config.minBatch ?? DEFAULT_MIN_BATCH;
  const mainShare = config.mainShare ?? 0;
  let threads: Thread[] = [];
  let unstarted = config.threads;
  let nextId = 0;

  function spawn(): Thread {
    const worker = new Worker(workerUrl('recover-worker'), { workerData: crypto().name, name: 'recover' });
    worker.unref();
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', ({ id, packed }: RecoverMessage) => {
      const waiting = thread.waiting.get(id);
      thread.waiting.delete(id);
      const senders = unpackAnswers(packed);
      waiting?.transactions.forEach((tx, index) => {
        const sender = senders[index];
        if (sender !== undefined) setSender(tx, sender);
      });
      waiting?.done();
    });
    worker.on('error', (error) => {
      config.onFailure?.(error);
      abandon(thread);
    });
    return thread;
  }

  function abandon(thread: Thread): void {
    threads = threads.filter((other) => other !== thread);
    for (const { transactions, done } of thread.waiting.values()) {
      transactions.forEach(senderOf);
      done();
    }
    thread.waiting.clear();
  }

  function send(transactions: readonly Transaction[]): Promise<void> {
    const thread = threads.reduce((least, other) => (other.waiting.size < least.waiting.size ? other : least));
    const packed = packTransactions(transactions.map(({ raw }) => raw));
    const id = nextId++;
    return new Promise((done) => {
      thread.waiting.set(id, { transactions, done });
      thread.worker.postMessage({ id, packed } satisfies RecoverMessage, [packed]);
    });
  }

  return {
    async recoverSenders(transactions) {
      const open = transactions.filter((tx) => tx.sender === undefined);
      if (threads.length + unstarted === 0 || open.length < minBatch) {
        open.forEach(senderOf);
        return;
      }
      if (unstarted > 0) threads = Array.from({ length: unstarted }, spawn);
      unstarted = 0;
      const own = Math.floor(open.length * mainShare);
      const answers: Promise<void>[] = [];
      const size = Math.min(CHUNK, Math.ceil((open.length - own) / threads.length));
      for (let start = own; start < open.length; start += size) answers.push(send(open.slice(start, start + size)));
      open.slice(0, own).forEach(senderOf);
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
