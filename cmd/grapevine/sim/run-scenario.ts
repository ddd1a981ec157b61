import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { MeasuredRun, RunMessage, RunOrder, RunSpec } from './messages.js';

/**
 * What an event makes lives until it arrives, a hundred thousand events later: less would move it all to the old generation, and half as much has what
 * survives copied twice as often.
 */
const YOUNG_MB = 512;
/**
 * Nearly twice what any scenario keeps at its own size, and some gigabytes more than a process may have by itself. V8 lets garbage grow with this limit:
 * 10,000 nodes take 4.9 GiB with it, and 5.6 with 1.5 GiB more and a small young generation.
 */
const OLD_MB = 7_168;

/** The heap of a run: in proportion to its nodes if there are more of them than the scenario has by itself. */
function heapLimits({ name, nodes }: RunSpec): ResourceLimits {
  const usual = scenarioNamed(name)?.defaults.nodes ?? nodes;
  return {
    maxOldGenerationSizeMb: Math.ceil(OLD_MB * Math.max(1, nodes / usual)),
    maxYoungGenerationSizeMb: YOUNG_MB,
  };
}

/** Runs a scenario in a thread of its own, with room for a large world. */
export function runInThread(order: RunOrder, onProgress?: (atMs: number) => void): Promise<MeasuredRun> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(new URL('./scenario-worker.js', import.meta.url)), {
      workerData: order,
      resourceLimits: heapLimits(order.spec),
    });
    worker.on('message', (message: RunMessage) => {
      if (message.kind === 'done') resolve(message.run);
      else onProgress?.(message.atMs);
    });
    const { name, seed, nodes } = order.spec;
    const ended = (how: string, cause?: unknown): void =>
      reject(new Error(`the thread of ${name}, seed ${seed}, ${nodes} nodes, ended ${how}`, { cause }));
    // What a run throws is its result; this is about the thread itself, as when its heap is full.
    worker.on('error', (cause) =>
      ended(`by an error: ${cause instanceof Error ? cause.message : String(cause)}`, cause),
    );
    worker.on('exit', (code) => ended(`with code ${code}`));
  });
}

/** Runs `specs` on at most `jobs` threads at once; the results are in the order of the specs. */
export async function runAll(
  specs: readonly RunSpec[],
  jobs: number,
  onDone: (run: MeasuredRun) => void,
): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  const waiting = [...specs.entries()].reverse();
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [index, spec] = next;
      const run = await runInThread({ spec, observe: false });
      runs[index] = run;
      onDone(run);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, specs.length) }, work));
  return runs;
}

/** As many threads as there are cores. */
export const defaultJobs = availableParallelism;
