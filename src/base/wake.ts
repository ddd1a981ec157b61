/**
 * When a set of deadlines is to be looked at next, without looking at all of them after each change: never later than the
 * earliest, perhaps earlier if that one has gone meanwhile. An early look does no harm, so only what makes a deadline
 * earlier has to be told.
 */
export class Wake {
  #atMs = Number.POSITIVE_INFINITY;

  /** When to look, in ms; Infinity if never. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Something is due at `atMs`. */
  by(atMs: number): void {
    if (atMs < this.#atMs) this.#atMs = atMs;
  }

  /**
   * True if it is time to look. Then the time is forgotten: whoever looks tells with {@link by} of every deadline that
   * stays, and of those that come up on the way.
   */
  take(nowMs: number): boolean {
    if (nowMs < this.#atMs) return false;
    this.clear();
    return true;
  }

  /** Nothing is due any more. */
  clear(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
