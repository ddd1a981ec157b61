/** First pause between two searches, and while they find somebody. A search takes a few seconds. */
const FIRST_PAUSE_MS = 10_000;
/** A network that is smaller than our slots is not searched without end. */
const MAX_PAUSE_MS = 5 * 60_000;

/** When to look for nodes beyond those that come by themselves: soon while that finds new ones, else ever more rarely. */
export class SeekSchedule {
  #dueAtMs = Number.NEGATIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;
  #knownThen = 0;

  /** True, and counted as done, if it is time; `known` is how many nodes came up so far, ever. */
  take(nowMs: number, known: number): boolean {
    if (nowMs < this.#dueAtMs) return false;
    this.#pauseMs = known > this.#knownThen ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, 2 * this.#pauseMs);
    this.#knownThen = known;
    this.#dueAtMs = nowMs + this.#pauseMs;
    return true;
  }
}
