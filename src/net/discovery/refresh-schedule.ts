import type { Random } from '../../ports/random.js';

/** A table with fewer nodes is nearly empty: a young network, or a node that has just started. */
export const NEARLY_EMPTY = 16;
/** First pause between refreshes of a nearly empty table; each further one is twice as long. */
export const FIRST_PAUSE_MS = 400;
/** Longest pause while the table is empty: bootnodes that start later than we do are found within this. */
export const MAX_EMPTY_PAUSE_MS = 5_000;
/** Longest pause while it is nearly empty. A newcomer makes itself known, so a small network need not keep asking. */
export const MAX_SPARSE_PAUSE_MS = 120_000;
/**
 * Mean pause after it has filled, and twice as long after each further refresh: of those who came when we did, many are
 * our neighbours, and none of us could be told of the others yet.
 */
export const FIRST_FULL_PAUSE_MS = 60_000;
/** Longest mean pause: revalidation keeps a table alive, lookups only widen it. */
export const FULL_PAUSE_MS = 30 * 60_000;

/** When to refresh the table next: soon and then ever more rarely while it has few nodes. */
export class RefreshSchedule {
  readonly #random: Random;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;
  #fullPauseMs = FIRST_FULL_PAUSE_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  /** When the next refresh is due; Infinity while one is under way or nothing has started. */
  nextWake(): number {
    return this.#dueAtMs;
  }

  /** True until the pauses of a filled table are as long as they get. */
  isYoung(): boolean {
    return this.#fullPauseMs < FULL_PAUSE_MS;
  }

  /** Refresh at once. */
  now(nowMs: number): void {
    this.#dueAtMs = nowMs;
  }

  /** A refresh begins: nothing is due until `ended`. */
  began(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
  }

  /** A refresh is over and has left `tableSize` nodes. */
  ended(nowMs: number, tableSize: number): void {
    const jitter = 0.75 + 0.5 * this.#random.float();
    if (tableSize >= NEARLY_EMPTY) {
      this.#dueAtMs = nowMs + this.#fullPauseMs * jitter;
      this.#fullPauseMs = Math.min(this.#fullPauseMs * 2, FULL_PAUSE_MS);
      return;
    }
    const pauseMs = Math.min(this.#pauseMs, tableSize === 0 ? MAX_EMPTY_PAUSE_MS : MAX_SPARSE_PAUSE_MS);
    this.#pauseMs = Math.min(pauseMs * 2, MAX_SPARSE_PAUSE_MS);
    this.#dueAtMs = nowMs + pauseMs * jitter;
  }

  /** A nearly empty table has gained a node, which may know others, or lost one: refresh it soon. */
  soon(nowMs: number): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#fullPauseMs = FIRST_FULL_PAUSE_MS;
    if (this.#dueAtMs !== Number.POSITIVE_INFINITY) {
      this.#dueAtMs = Math.min(this.#dueAtMs, nowMs + FIRST_PAUSE_MS);
    }
  }
}
