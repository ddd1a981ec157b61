import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ScenarioOptions, ScenarioResult } from '../../../src/sim/scenario.js';

/** How fast a run was: of this machine and moment, and so no part of the result. */
export interface RunSpeed {
  readonly wallS: number;
  /** Of the whole process, its collection of garbage included. */
  readonly cpuS: number;
  /** Virtual seconds that nodes lived, all together, for each second of real time. */
  readonly nodeSecondsPerS: number;
  readonly eventsPerS: number;
  /** The most memory that the process held. */
  readonly peakRssMiB: number;
}

/** What a scenario came to, and how fast. */
export interface MeasuredRun {
  readonly result: ScenarioResult;
  readonly speed: RunSpeed;
}

/**
 * Ten thousand nodes hold some gigabytes, more than a process may have by itself. What an event makes lives until it
 * arrives, a hundred thousand events later: a small young generation would move it all to the old one.
 */
const LIMITS = { maxOldGenerationSizeMb: 12_288, maxYoungGenerationSizeMb: 256 };

/** Runs a scenario in a thread of its own, with room for a large world. */
export async function runScenario(name: string, options: Omit<ScenarioOptions, 'log'>): Promise<MeasuredRun> {
  const worker = new Worker(fileURLToPath(new URL('./scenario-worker.js', import.meta.url)), {
    workerData: { name, options },
    resourceLimits: LIMITS,
  });
  const [measured] = (await once(worker, 'message')) as [MeasuredRun];
  await worker.terminate();
  return measured;
}
