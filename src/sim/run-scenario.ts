import { ALWAYS, type Recorder, type RunWatch, watchRun } from './observe/watch-run.js';
import { settingsOf } from './parameters.js';
import type { Scenario, ScenarioOptions, ScenarioResult } from './scenario.js';
import { createTrace } from './trace.js';
import { RunStopped, type Stop } from './watch.js';
import type { World } from './world.js';

/** How a run is started, beside what the story depends on. */
export interface RunRequest extends Omit<ScenarioOptions, 'watch'> {
  /** Runs no further than this virtual time. */
  readonly untilMs?: number | undefined;
  readonly recorder?: Recorder | undefined;
  readonly onProgress?: ((atMs: number) => void) | undefined;
}

/** A mistake in what is run, as a broken `invariant()` of a node: where it is deployed, the process would have ended. */
export interface Crash {
  readonly kind: 'crash';
  readonly message: string;
  /** For developers; of this machine, and so no part of the result. */
  readonly stack: string | undefined;
  readonly atMs: number;
  readonly events: number;
}

/** How a run came to its end: by itself, stopped before, or by a mistake. */
export type Ending = { readonly kind: 'finished' } | Stop | Crash;

/** A run with its end. A run that was cut short and broke no invariant passes: its bar was not looked at. One that crashed fails. */
export interface RunOutcome {
  readonly result: ScenarioResult;
  readonly ending: Ending;
}

/** Nodes that may be looked at in one virtual second: looking at thousands each second would cost more than running them. */
const CHECKED_PER_SECOND = 100;
/** Not a whole second: the times of blocks are, and looks in step with them would always see the same phase. */
const CHECK_MS = 997;

/** How often the invariants of a world of so many nodes are checked, in ms of virtual time. */
export function checkEveryMs(nodes: number): number {
  return CHECK_MS * Math.max(1, Math.ceil(nodes / CHECKED_PER_SECOND));
}

/** Runs a scenario with its invariants on the watch. A violated one ends the run, which then fails; so does any error. Throws none. */
export function runScenario(scenario: Scenario, request: RunRequest): RunOutcome {
  const { untilMs, recorder, onProgress, ...options } = request;
  const watch = watchRun({
    invariants: [...ALWAYS, ...(scenario.invariants?.(options.settings) ?? [])],
    everyMs: checkEveryMs(options.nodes),
    ...{ untilMs, recorder, onProgress },
  });
  try {
    const result = scenario.run({ ...options, watch });
    watch.check();
    return { result, ending: { kind: 'finished' } };
  } catch (cause) {
    const ending = cause instanceof RunStopped ? cause.stop : crashOf(cause, watch);
    return { result: stoppedResult(scenario, options, watch, ending), ending };
  }
}

function crashOf(cause: unknown, watch: RunWatch): Crash {
  const { message, stack } = cause instanceof Error ? cause : { message: String(cause), stack: undefined };
  return { kind: 'crash', message, stack, atMs: watch.atMs(), events: watch.events() };
}

function stoppedResult(
  scenario: Scenario,
  options: ScenarioOptions,
  { worlds }: RunWatch,
  stop: Stop | Crash,
): ScenarioResult {
  const total = (of: (world: World) => number): number => worlds.reduce((sum, world) => sum + of(world), 0);
  const { seed, nodes, fidelity } = options;
  return {
    ...{ name: scenario.name, seed, nodes, fidelity, pass: stop.kind === 'cut' },
    failures: stop.kind === 'cut' ? [] : [inWords(stop, options)],
    metrics: {},
    events: stop.events,
    virtualMs: stop.atMs,
    nodeSeconds: total((world) => world.nodeSeconds()),
    digest: digestOf(worlds),
  };
}

function inWords(stop: Exclude<Stop, { kind: 'cut' }> | Crash, { seed, nodes }: ScenarioOptions): string {
  const when = `after ${(stop.atMs / 1000).toFixed(3)} s and ${stop.events} events of seed ${seed} with ${nodes} nodes`;
  return stop.kind === 'crash'
    ? `it crashed ${when}: ${stop.message}`
    : `${stop.invariant} is violated ${when}: ${stop.detail}`;
}

/** Of one world its own digest; of several a digest of theirs. */
function digestOf(worlds: readonly World[]): string {
  const [only, ...others] = worlds;
  if (only !== undefined && others.length === 0) return only.digest();
  const trace = createTrace();
  for (const world of worlds) trace.add(world.digest());
  return trace.digest();
}

/** The virtual time that a run takes at most, in ms; undefined if its scenario does not say. */
export function longestMsOf(scenario: Scenario, request: RunRequest): number | undefined {
  const longest = scenario.longestMs?.(request.nodes, settingsOf(scenario.parameters ?? {}, request.settings));
  return longest === undefined ? request.untilMs : Math.min(longest, request.untilMs ?? Number.POSITIVE_INFINITY);
}
