import type { NodeId } from '../../base/brand.js';
import type { FaultClass } from './penalty.js';

/** At or below: not dialed, its address not passed on, first to go when slots are full. */
export const DISCOURAGED_AT = -20;
/** At or below: disconnected, and not dialed for a while. */
export const DISCONNECT_AT = -50;
/** At or below: banned. */
export const BAN_AT = -100;

/** A burst of small faults is forgotten within the hour. */
export const FAST_HALF_LIFE_MS = 10 * 60_000;
/** What no honest node does is remembered for days. */
export const HARD_HALF_LIFE_MS = 24 * 3_600_000;

/** Parts nearer to zero than this are zero: the entry can go. */
const FORGET_BELOW = 0.5;

/** What a score means for a connection. */
export type Standing = 'good' | 'discouraged' | 'disconnect' | 'ban';

/** One identity's record as of a given time; `fast` and `hard` are <= 0. */
export interface Score {
  readonly id: NodeId;
  readonly score: number;
  readonly fast: number;
  readonly hard: number;
  readonly lastFault: string;
}

interface Entry {
  fast: number;
  hard: number;
  updatedAtMs: number;
  lastFault: string;
}

/** The meaning of a score, by the thresholds above. */
export function standingOf(score: number): Standing {
  if (score <= BAN_AT) return 'ban';
  if (score <= DISCONNECT_AT) return 'disconnect';
  return score <= DISCOURAGED_AT ? 'discouraged' : 'good';
}

/**
 * The scores of identities that did something wrong, decaying with time; everyone else has 0. When full, the entry
 * nearest to zero goes, never the oldest, so fresh identities with small faults can't push a bad record out (ban-list flush).
 */
export class Reputation {
  // BOUNDED: by capacity; charge() evicts the least guilty.
  readonly #entries = new Map<NodeId, Entry>();
  readonly #capacity: number;

  constructor(capacity = 4096) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Charges `points` of a class and returns the score that results. `none` costs nothing and leaves no entry. */
  charge(nowMs: number, id: NodeId, faultClass: FaultClass, points: number, fault: string): number {
    if (faultClass === 'none') return this.scoreOf(nowMs, id);
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      if (this.#entries.size >= this.#capacity) this.#evict(nowMs);
      entry = { fast: 0, hard: 0, updatedAtMs: nowMs, lastFault: fault };
      this.#entries.set(id, entry);
    }
    decay(entry, nowMs);
    if (faultClass === 'hard') entry.hard = Math.max(BAN_AT, entry.hard - points);
    else entry.fast = Math.max(BAN_AT, entry.fast - points);
    entry.lastFault = fault;
    return total(entry);
  }

  /** The score as of `nowMs`: 0 to -100. */
  scoreOf(nowMs: number, id: NodeId): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    decay(entry, nowMs);
    return total(entry);
  }

  standing(nowMs: number, id: NodeId): Standing {
    return standingOf(this.scoreOf(nowMs, id));
  }

  /** Forgets what a node did; false if there was nothing. */
  clear(id: NodeId): boolean {
    return this.#entries.delete(id);
  }

  /** All scores below zero, worst first. Entries that have decayed to nothing are dropped on the way. */
  scores(nowMs: number): Score[] {
    const scores: Score[] = [];
    for (const [id, entry] of this.#entries) {
      decay(entry, nowMs);
      if (-total(entry) < FORGET_BELOW) this.#entries.delete(id);
      else scores.push({ id, score: total(entry), fast: entry.fast, hard: entry.hard, lastFault: entry.lastFault });
    }
    return scores.sort((a, b) => a.score - b.score);
  }

  #evict(nowMs: number): void {
    let mildest: NodeId | undefined;
    let best = Number.NEGATIVE_INFINITY;
    for (const [id, entry] of this.#entries) {
      decay(entry, nowMs);
      if (total(entry) > best) {
        best = total(entry);
        mildest = id;
      }
    }
    if (mildest !== undefined) this.#entries.delete(mildest);
  }
}

function total(entry: Entry): number {
  return Math.max(BAN_AT, entry.fast + entry.hard);
}

function decay(entry: Entry, nowMs: number): void {
  const elapsedMs = nowMs - entry.updatedAtMs;
  if (elapsedMs <= 0) return;
  entry.fast *= 2 ** (-elapsedMs / FAST_HALF_LIFE_MS);
  entry.hard *= 2 ** (-elapsedMs / HARD_HALF_LIFE_MS);
  entry.updatedAtMs = nowMs;
}
