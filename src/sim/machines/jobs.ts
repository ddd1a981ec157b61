import { bigIntToFixedBytes } from '../../base/bytes.js';
import { toBlockNonce, ZERO_HASH } from '../../base/hex.js';
import { searchSeal } from '../../miner/search-seal.js';
import type { Database, Job, JobId, JobResult } from '../../node/job.js';
import type { Random } from '../../ports/random.js';
import type { MemoryKv } from '../../store/memory-kv.js';
import type { Scheduler } from '../scheduler.js';
import type { RecoverSender } from './sender-memo.js';

/** How a virtual node does its jobs. */
export interface SimJobConfig {
  /** Hashes a second; 0 never finds a seal. The time of a find is drawn, as in the race that mining is. */
  readonly hashrate: number;
  /** True: a real seal is searched when its time has come. False: any nonce, for chains with `fakePow`. */
  readonly realSeals: boolean;
}

/** What the jobs of a node work with. */
export interface SimJobDeps {
  readonly scheduler: Scheduler;
  readonly databases: Readonly<Record<Database, MemoryKv>>;
  readonly recoverSender: RecoverSender;
}

/** Disk and other threads answer after this long. */
const JOB_MS = 1;
const MAX_UINT256 = 2n ** 256n - 1n;
/** Nonces tried in a row before looking up again; any number gives the same result. */
const SEARCH_SLICE = 1_000_000;

/** The jobs of one virtual node. */
export interface SimJobs {
  start(id: JobId, job: Job): void;
  cancel(id: JobId): void;
  /** Drops everything under way: the node is gone. */
  halt(): void;
}

/** Runs jobs in virtual time. `done` is called within events of `scheduler`, unless the job was cancelled. */
export function createSimJobs(
  { scheduler, databases, recoverSender }: SimJobDeps,
  config: SimJobConfig,
  random: Random,
  done: (id: JobId, result: JobResult) => void,
): SimJobs {
  const sealing = new Set<JobId>();
  let halted = false;

  function finishLater(id: JobId, result: () => JobResult): void {
    scheduler.at(scheduler.nowMs() + JOB_MS, () => {
      if (!halted) done(id, result());
    });
  }

  function sealOf(job: Extract<Job, { kind: 'seal' }>): JobResult {
    if (!config.realSeals) {
      return { kind: 'sealed', nonce: toBlockNonce(bigIntToFixedBytes(job.startNonce, 8)), mixHash: ZERO_HASH };
    }
    for (let start = job.startNonce; ; start += BigInt(SEARCH_SLICE)) {
      const seal = searchSeal(job.sealHash, job.target, start, SEARCH_SLICE);
      if (seal !== undefined) return { kind: 'sealed', ...seal };
    }
  }

  return {
    start(id, job) {
      switch (job.kind) {
        case 'write':
          finishLater(id, () => {
            databases[job.database].write(job.batch);
            return { kind: 'written' };
          });
          return;
        case 'recover-senders':
          finishLater(id, () => {
            for (const transaction of job.transactions) recoverSender(transaction);
            return { kind: 'recovered' };
          });
          return;
        case 'seal': {
          if (config.hashrate === 0) return;
          sealing.add(id);
          const difficulty = Number(MAX_UINT256 / job.target);
          // Finding a seal has no memory: the time until then is exponential with mean difficulty / hash rate.
          const seconds = -Math.log(1 - random.float()) * (difficulty / config.hashrate);
          scheduler.at(scheduler.nowMs() + seconds * 1000, () => {
            if (sealing.delete(id)) done(id, sealOf(job));
          });
        }
      }
    },
    cancel: (id) => {
      sealing.delete(id);
    },
    halt() {
      halted = true;
      sealing.clear();
    },
  };
}
