import type { Log } from '../ports/log.js';
import type { Fidelity } from './world.js';

/** What a run is started with. */
export interface ScenarioOptions {
  readonly seed: string;
  readonly nodes: number;
  readonly fidelity: Fidelity;
  readonly log?: Log;
}

/** What a run came to: one object, the same for the same options on any machine. */
export interface ScenarioResult {
  readonly name: string;
  readonly seed: string;
  readonly nodes: number;
  readonly fidelity: Fidelity;
  readonly pass: boolean;
  /** The bars that were missed, in words. */
  readonly failures: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly events: number;
  readonly virtualMs: number;
  /** Virtual seconds that nodes lived, all together: the size of the run. */
  readonly nodeSeconds: number;
  /** Of everything that happened. */
  readonly digest: string;
}

/** A story with a bar. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly defaults: { readonly nodes: number; readonly fidelity: Fidelity };
  run(options: ScenarioOptions): ScenarioResult;
}
