import type { RunOutcome } from './run-scenario.js';

/** One run of the search: so many nodes, and only up to that time if there is one. */
export interface Attempt {
  readonly nodes: number;
  readonly untilMs: number | undefined;
}

/** What went wrong in a run. Two runs fail alike if their keys are the same. */
export interface RunFailure {
  readonly key: string;
  readonly atMs: number;
  /** True if it shows within a prefix of the run; a bar is only looked at in the end. */
  readonly inPrefix: boolean;
  /** True if it shows by itself, and not only when somebody looks: {@link atMs} is its very moment. */
  readonly byItself?: boolean;
}

/** The smallest run found that still fails alike. */
export interface Shrunk extends Attempt {
  readonly failure: RunFailure;
}

/** Where the search begins, and what it need not try. */
export interface ShrinkPlan {
  readonly first: Attempt;
  /** Fewer nodes are no network. */
  readonly leastNodes: number;
  /** What the prefix may be too long. */
  readonly precisionMs: number;
  /** How often a run of so many nodes looks for failures by itself. */
  readonly everyMs: (nodes: number) => number;
}

/** Of two runs that fail alike the figures differ. */
const withoutFigures = (text: string): string => text.replace(/0x[\da-fA-F]+|\d+(\.\d+)?/g, '#');

/** The failure of a run; undefined if it passed. */
export function failureOf({ result, ending }: RunOutcome): RunFailure | undefined {
  if (ending.kind === 'violation') return { key: ending.invariant, atMs: ending.atMs, inPrefix: true };
  if (ending.kind === 'crash') {
    return { key: `crash: ${withoutFigures(ending.message)}`, atMs: ending.atMs, inPrefix: true, byItself: true };
  }
  if (result.pass) return undefined;
  const key = result.failures.map(withoutFigures).join('; ');
  return { key, atMs: result.virtualMs, inPrefix: false };
}

/**
 * Searches a small run that fails like the first: by halving first the number of nodes, then the time between the last
 * look that found nothing and the one that found the failure. Yields what to run next and is told how it failed, if it
 * did; returns undefined if the first run passes. What is found is small, not the least: fewer nodes tell another story.
 */
export function* shrinkSteps(plan: ShrinkPlan): Generator<Attempt, Shrunk | undefined, RunFailure | undefined> {
  const { first } = plan;
  let failure = yield first;
  if (failure === undefined) return undefined;
  const { key } = failure;

  let nodes = first.nodes;
  let tooFew = Math.min(nodes, plan.leastNodes) - 1;
  while (nodes - tooFew > 1) {
    const half = Math.floor((nodes + tooFew) / 2);
    const found = yield { nodes: half, untilMs: first.untilMs };
    if (found?.key === key) [nodes, failure] = [half, found];
    else tooFew = half;
  }

  if (!failure.inPrefix) return { nodes, untilMs: first.untilMs, failure };
  if (failure.byItself) {
    // A prefix that ends with the very moment is cut before the scenario itself can crash there.
    const untilMs = Math.min(Math.floor(failure.atMs) + 1, first.untilMs ?? Number.POSITIVE_INFINITY);
    return { nodes, untilMs, failure };
  }
  let tooShortMs = Math.max(0, failure.atMs - plan.everyMs(nodes));
  while (failure.atMs - tooShortMs > plan.precisionMs) {
    const untilMs = Math.ceil((failure.atMs + tooShortMs) / 2);
    if (untilMs >= failure.atMs) break;
    const found: RunFailure | undefined = yield { nodes, untilMs };
    if (found?.key === key) failure = found;
    else tooShortMs = untilMs;
  }
  return { nodes, untilMs: failure.atMs, failure };
}
