import type { Database, Job, JobId, JobResult } from '../node/job.js';
import type { KvBatch } from '../ports/kv.js';
import type { Transaction } from '../types/transaction.js';

/** Why a batch could not be written, as far as the node cares. */
export interface WriteFailure {
  readonly reason: 'disk-full' | 'io-error';
  readonly message: string;
}

/** What the jobs of a real node are made of. */
export interface JobDeps {
  /** Applies a batch atomically; resolves with the failure instead of rejecting. */
  readonly write: (database: Database, batch: KvBatch, sync: boolean) => Promise<WriteFailure | undefined>;
  /** Caches the sender of each transaction. Never rejects: what can't be recovered stays undefined. */
  readonly recoverSenders: (transactions: readonly Transaction[]) => Promise<void>;
  /** Starts the search of a seal; `onSealed` is called at most once, and not after `cancelSeal`. */
  readonly startSeal: (job: Extract<Job, { kind: 'seal' }>, onSealed: (result: JobResult) => void) => void;
  readonly cancelSeal: () => void;
  readonly done: (id: JobId, result: JobResult) => void;
}

/** Runs the node's jobs on the real machine. */
export interface JobRunner {
  start(id: JobId, job: Job): void;
  cancel(id: JobId): void;
  /** Resolves when every write that was started is on disk or has failed. */
  settled(): Promise<void>;
}

/** Creates the runner. Writes of one database are applied in order; a seal search replaces the one before it. */
export function createJobRunner(deps: JobDeps): JobRunner {
  const lastWrite: Record<Database, Promise<void>> = { chain: Promise.resolve(), peers: Promise.resolve() };
  let sealing: JobId | undefined;

  async function write(id: JobId, job: Extract<Job, { kind: 'write' }>): Promise<void> {
    const failure = await deps.write(job.database, job.batch, job.sync);
    deps.done(id, failure === undefined ? { kind: 'written' } : { kind: 'write-failed', ...failure });
  }

  function stopSealing(): void {
    if (sealing === undefined) return;
    sealing = undefined;
    deps.cancelSeal();
  }

  return {
    start(id, job) {
      switch (job.kind) {
        case 'write':
          lastWrite[job.database] = lastWrite[job.database].then(() => write(id, job));
          return;
        case 'recover-senders':
          void deps.recoverSenders(job.transactions).then(() => deps.done(id, { kind: 'recovered' }));
          return;
        case 'seal':
          stopSealing();
          sealing = id;
          deps.startSeal(job, (result) => {
            if (sealing !== id) return;
            sealing = undefined;
            deps.done(id, result);
          });
      }
    },
    cancel(id) {
      if (sealing === id) stopSealing();
    },
    settled: async () => {
      await Promise.all([lastWrite.chain, lastWrite.peers]);
    },
  };
}
