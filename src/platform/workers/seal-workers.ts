import { Worker } from 'node:worker_threads';
import type { Seal, SealTask } from '../../miner/mining-job.js';
import type { SealReply, SealRequest, SealWorkerData } from './seal-messages.js';
import { startThreads } from './start-threads.js';
import { workerUrl } from './worker-url.js';

/** How the threads of a miner are run. */
export interface SealWorkersConfig {
  readonly threads: number;
  /** Hashes a second of all threads together; undefined for no limit. */
  readonly maxHashrate: number | undefined;
  /** The hashes that the limit allows in this many ms are tried at once when the threads start; 0 when not given. */
  readonly headStartMs?: number;
  /** A thread died, or could not start; the others go on. */
  readonly onFailure?: (error: Error) => void;
}

/** Threads that search seals, one task at a time. They are started when they are first needed. */
export interface SealWorkers {
  /** Searches `task` instead of the one before. `onSealed` is called at most once, and never after another `start` or `cancel`. */
  start(task: SealTask, onSealed: (seal: Seal) => void): void;
  cancel(): void;
  /** Changes the number of threads; a task under way goes on with the new ones. */
  setThreads(threads: number): void;
  /** Changes the limit of all threads together (undefined: none); a task under way goes on with the new one. */
  setMaxHashrate(hashes: number | undefined): void;
  /** Hashes a second over the last 10 seconds, all threads together. */
  hashrate(): number;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Nonces are divided among the threads in ranges of equal length. */
const NONCES = 2n ** 64n;
const SAMPLE_MS = 1_000;
const SAMPLES = 10;

interface Thread {
  readonly worker: Worker;
  readonly hashes: Uint32Array;
  seen: number;
}

/** No thread runs before the first task. */
export function createSealWorkers(config: SealWorkersConfig): SealWorkers {
  let threads: Thread[] = [];
  let wanted = config.threads;
  let { maxHashrate: limit } = config;
  let id = 0;
  let current: { readonly task: SealTask; readonly onSealed: (seal: Seal) => void } | undefined;
  let total = 0;
  const samples: { readonly atMs: number; readonly total: number }[] = []; // BOUNDED: by SAMPLES
  let sampler: NodeJS.Timeout | undefined;

  function count(): number {
    for (const thread of threads) {
      const now = Atomics.load(thread.hashes, 0);
      total += (now - thread.seen) >>> 0;
      thread.seen = now;
    }
    return total;
  }

  function sample(): void {
    samples.push({ atMs: performance.now(), total: count() });
    if (samples.length > SAMPLES + 1) samples.shift();
  }

  function spawn(): Thread {
    const hashes = new Uint32Array(new SharedArrayBuffer(4));
    const maxHashrate = limit === undefined ? Number.POSITIVE_INFINITY : limit / wanted;
    const workerData: SealWorkerData = { maxHashrate, headStartMs: config.headStartMs ?? 0, hashes };
    const worker = new Worker(workerUrl('seal-worker'), { workerData, name: 'seal' });
    worker.unref();
    worker.on('message', ({ id: of, seal }: SealReply) => {
      if (of !== id || current === undefined) return;
      const { onSealed } = current;
      stop();
      onSealed(seal);
    });
    worker.on('error', (error) => {
      threads = threads.filter((thread) => thread.worker !== worker);
      config.onFailure?.(error);
    });
    return { worker, hashes, seen: 0 };
  }

  function post(task: SealTask | undefined): void {
    id++;
    threads.forEach(({ worker }, index) => {
      const offset = (NONCES * BigInt(index)) / BigInt(threads.length);
      const share = task && { ...task, startNonce: (task.startNonce + offset) % NONCES };
      worker.postMessage({ id, task: share } satisfies SealRequest);
    });
  }

  function stop(): void {
    if (current === undefined) return;
    current = undefined;
    post(undefined);
  }

  function launch(): void {
    if (threads.length === 0) threads = startThreads(wanted, spawn, config.onFailure);
    if (sampler !== undefined) return;
    sample();
    sampler = setInterval(sample, SAMPLE_MS).unref();
  }

  async function end(): Promise<void> {
    count();
    const ending = threads;
    threads = [];
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
  }

  /** Threads keep what they were started with, so new settings take new ones. */
  function restart(): void {
    void end();
    if (current === undefined) return;
    launch();
    post(current.task);
  }

  return {
    start(task, onSealed) {
      launch();
      current = { task, onSealed };
      post(task);
    },
    cancel: stop,
    setThreads(count) {
      if (count === wanted) return;
      wanted = count;
      restart();
    },
    setMaxHashrate(hashes) {
      if (hashes === limit) return;
      limit = hashes;
      restart();
    },
    hashrate() {
      const [first] = samples;
      if (first === undefined) return 0;
      const elapsedMs = performance.now() - first.atMs;
      return elapsedMs < 1 ? 0 : ((count() - first.total) * 1000) / elapsedMs;
    },
    async close() {
      stop();
      clearInterval(sampler);
      sampler = undefined;
      await end();
    },
  };
}
