import type { Log } from '../ports/log.js';
import type { Invariant } from './observe/invariant.js';
import type { Parameters, Settings } from './parameters.js';
import { createTrace } from './trace.js';
import type { Watch } from './watch.js';
import type { Fidelity, World, WorldConfig } from './world.js';

/** What a run is started with. */
export interface ScenarioOptions {
  readonly seed: string;
  readonly nodes: number;
  readonly fidelity: Fidelity;
  readonly log?: Log | undefined;
  /** The scenario's own parameters; defaults for those that are not named. */
  readonly settings?: Settings | undefined;
  readonly watch?: Watch | undefined;
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

/** A size at which a scenario takes seconds and its bar still holds for every seed. */
export interface SmallRun {
  readonly nodes: number;
  readonly settings?: Settings;
}

/** A story with a bar. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly defaults: { readonly nodes: number; readonly fidelity: Fidelity };
  readonly parameters?: Parameters;
  /** Fewer nodes can't tell the story; {@link LEAST_NODES} unless told otherwise. */
  readonly leastNodes?: number;
  /** Why values that are each within their bounds do not go together, and what to do; undefined if they do. */
  readonly conflict?: (settings: Settings) => string | undefined;
  /** For tests, and for `exact-20`; its settings suit 20 nodes, too. */
  readonly small: Readonly<Record<Fidelity, SmallRun>>;
  /** What must hold while it runs, beside what holds in every run. */
  readonly invariants?: (settings: Settings | undefined) => readonly Invariant[];
  /** The virtual time that it takes at most, in ms. */
  readonly longestMs?: (nodes: number, settings: Settings | undefined) => number;
  run(options: ScenarioOptions): ScenarioResult;
}

/** Fewer are no network. */
export const LEAST_NODES = 2;

/** The fewest nodes that the scenario can be told with. */
export const leastNodesOf = ({ leastNodes = LEAST_NODES }: Pick<Scenario, 'leastNodes'>): number => leastNodes;

/** What a world takes over from the options of its run. */
export function worldOptions({
  seed,
  fidelity,
  log,
  watch,
}: ScenarioOptions): Pick<WorldConfig, 'seed' | 'fidelity' | 'log' | 'watch'> {
  return { seed, fidelity, log, watch };
}

/** Those of the bars that were missed, in words: each says when it is. */
export const missed = (...bars: readonly (readonly [isMissed: boolean, words: string])[]): string[] =>
  bars.filter(([isMissed]) => isMissed).map(([, words]) => words);

/** How much happened, and the digest of it. */
export type Extent = Pick<ScenarioResult, 'events' | 'virtualMs' | 'nodeSeconds' | 'digest'>;

/** What happened in a world so far. */
export const extentOf = (world: World): Extent => ({
  events: world.events(),
  virtualMs: world.elapsedMs(),
  nodeSeconds: world.nodeSeconds(),
  digest: world.digest(),
});

/** What happened in several worlds, one after the other. */
export function extentOfAll(parts: readonly Extent[]): Extent {
  const total = (of: (part: Extent) => number): number => parts.reduce((sum, part) => sum + of(part), 0);
  const trace = createTrace();
  for (const { digest } of parts) trace.add(digest);
  return {
    events: total(({ events }) => events),
    virtualMs: total(({ virtualMs }) => virtualMs),
    nodeSeconds: total(({ nodeSeconds }) => nodeSeconds),
    digest: trace.digest(),
  };
}

/** The result of a scenario that took place in one world, or to that extent; it passes if there are no failures. */
export function resultOf(
  name: string,
  { seed, nodes, fidelity }: ScenarioOptions,
  where: World | Extent,
  failures: readonly string[],
  metrics: Readonly<Record<string, number>>,
): ScenarioResult {
  const extent = 'elapsedMs' in where ? extentOf(where) : where;
  return { ...{ name, seed, nodes, fidelity, pass: failures.length === 0, failures, metrics }, ...extent };
}
