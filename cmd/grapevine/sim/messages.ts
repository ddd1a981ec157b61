import type { Observation } from '../../../src/sim/observe/observation.js';
import type { Settings } from '../../../src/sim/parameters.js';
import type { Ending } from '../../../src/sim/run-scenario.js';
import type { ScenarioResult } from '../../../src/sim/scenario.js';
import type { Fidelity } from '../../../src/sim/world.js';

/** One run, as data. */
export interface RunSpec {
  readonly name: string;
  readonly seed: string;
  readonly nodes: number;
  readonly fidelity: Fidelity;
  readonly settings: Settings;
  readonly untilMs: number | undefined;
}

/** What a thread is to do. */
export interface RunOrder {
  readonly spec: RunSpec;
  /** Write down what a report shows. */
  readonly observe: boolean;
}

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

/** What a run came to, and how fast. */
export interface MeasuredRun {
  readonly result: ScenarioResult;
  readonly ending: Ending;
  readonly speed: RunSpeed;
  readonly observation: Observation | undefined;
}

/** What the thread of a run tells. */
export type RunMessage =
  | { readonly kind: 'progress'; readonly atMs: number }
  | { readonly kind: 'done'; readonly run: MeasuredRun };
