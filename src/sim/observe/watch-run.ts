import type { ChannelTap } from '../machines/tapped-channel.js';
import { RunStopped, type Stop, type Watch } from '../watch.js';
import type { World } from '../world.js';
import { bounds } from './bounds.js';
import type { Checker, Invariant, Look } from './invariant.js';
import { noBans } from './no-bans.js';
import { noEcho } from './no-echo.js';
import { noTransactionLost } from './no-loss.js';
import { supplyConserved } from './supply.js';
import { tableRules } from './table-rules.js';

/** What holds in every run. */
export const ALWAYS: readonly Invariant[] = [noBans, bounds, tableRules, supplyConserved, noTransactionLost, noEcho];

/** Draws or writes down what a world looks like; told at times that follow from the seed. */
export interface Recorder extends Omit<Checker, 'check'> {
  begin(world: World): void;
  onMoment(name: string, atMs: number): void;
  sample(atMs: number): void;
  /** The next time to sample, since the world began. */
  nextMs(): number;
}

/** How a run is watched. Times are virtual and count from the beginning of the run, over all its worlds. */
export interface WatchPlan {
  readonly invariants: readonly Invariant[];
  /** How often they are checked, in ms. */
  readonly everyMs: number;
  /** Ends the run there, after a last check; rounded up to whole ms. */
  readonly untilMs?: number | undefined;
  readonly recorder?: Recorder | undefined;
  /** Told how far the run is, at least every {@link PROGRESS_MS}. */
  readonly onProgress?: ((atMs: number) => void) | undefined;
}

/** A watch over a run, and what it saw when the run was ended from outside. */
export interface RunWatch extends Watch {
  /** Every world of the run so far. */
  readonly worlds: readonly World[];
  /** Virtual time of the run so far, in ms. */
  atMs(): number;
  /** Events of the run so far. */
  events(): number;
  /** Checks what can be seen now. */
  check(): void;
}

const PROGRESS_MS = 250;

interface Guard {
  readonly invariant: Invariant;
  readonly checker: Checker;
}

/** Checks a run as `plan` says and ends it with {@link RunStopped} when an invariant is violated. */
export function watchRun(plan: WatchPlan): RunWatch {
  const { recorder } = plan;
  // Whole: virtual time has a grain, and one that falls between two grains would never come.
  const untilMs = Math.ceil(plan.untilMs ?? Number.POSITIVE_INFINITY);
  const worlds: World[] = []; // BOUNDED: by the scenario
  const moments = new Map<string, number>(); // BOUNDED: by the scenario
  let guards: readonly Guard[] = [];
  /** Of the worlds that are over. */
  let beforeMs = 0;
  let checkAtMs = 0;

  const current = (): World | undefined => worlds.at(-1);
  const runMs = (): number => beforeMs + (current()?.elapsedMs() ?? 0);
  const events = (): number => worlds.reduce((sum, world) => sum + world.events(), 0);
  const stop = (
    why: Omit<Extract<Stop, { kind: 'violation' }>, 'atMs' | 'events'> | { readonly kind: 'cut' },
  ): never => {
    throw new RunStopped({ ...why, atMs: runMs(), events: events() });
  };

  function check(): void {
    const world = current();
    if (world === undefined) return;
    const look: Look = { world, atMs: world.elapsedMs(), moments };
    for (const { invariant, checker } of guards) {
      const detail = checker.check(look);
      if (detail !== undefined) stop({ kind: 'violation', invariant: invariant.name, detail });
    }
  }

  return {
    worlds,
    atMs: runMs,
    events,
    check,
    begin(world) {
      beforeMs = runMs();
      worlds.push(world);
      moments.clear();
      guards = plan.invariants.map((invariant) => ({ invariant, checker: invariant.begin() }));
      checkAtMs = 0;
      recorder?.begin(world);
    },
    onEvent(node, event, life) {
      for (const { checker } of guards) checker.onEvent?.(node, event, life);
      recorder?.onEvent?.(node, event, life);
    },
    onChannel: (node) => together(guards.flatMap(({ checker }) => checker.onChannel?.(node) ?? [])),
    onMoment(name) {
      const atMs = current()?.elapsedMs() ?? 0;
      moments.set(name, atMs);
      recorder?.onMoment(name, atMs);
    },
    nextLookMs() {
      const world = current();
      if (world === undefined) return Number.POSITIVE_INFINITY;
      const elapsedMs = world.elapsedMs();
      const progressMs = Math.floor(elapsedMs / PROGRESS_MS + 1) * PROGRESS_MS;
      const nextMs = Math.min(progressMs, checkAtMs, recorder?.nextMs() ?? progressMs, untilMs - beforeMs);
      return world.nowMs() + Math.max(0, nextMs - elapsedMs);
    },
    look() {
      const elapsedMs = current()?.elapsedMs() ?? 0;
      plan.onProgress?.(runMs());
      if (recorder !== undefined && elapsedMs >= recorder.nextMs()) recorder.sample(elapsedMs);
      const isOver = runMs() >= untilMs;
      if (elapsedMs >= checkAtMs || isOver) {
        checkAtMs = elapsedMs + plan.everyMs;
        check();
      }
      if (isOver) stop({ kind: 'cut' });
    },
  };
}

/** One tap for all of them. */
function together(taps: readonly ChannelTap[]): ChannelTap | undefined {
  const [first, ...others] = taps;
  if (others.length === 0) return first;
  return {
    onReceived(code, payload) {
      for (const tap of taps) tap.onReceived(code, payload);
    },
    onSent(code, payload) {
      for (const tap of taps) tap.onSent(code, payload);
    },
  };
}
