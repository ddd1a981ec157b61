/**
 * A download that comes no further for this long ends, and another peer has its turn: two of the longest time-outs of a
 * question fit in nearly, and 5 kB/s are enough for the headers up to an anchor.
 */
const STALL_MS = 30_000;
/** What a header that shows no more work than our chain buys: 128 of them a second keep such a download going. */
const MS_PER_CHEAP_HEADER = 8;

/**
 * How long a download is waited for. Each block, and each header of a chain with more work than ours, renews the
 * patience. The headers of a fork that has not shown its work yet only prolong it: they may be cheap, and whoever sends
 * them one by one must not keep all others from their turn.
 */
export class Patience {
  #endsAtMs: number;

  constructor(nowMs: number) {
    this.#endsAtMs = nowMs + STALL_MS;
  }

  /** When it is over, in ms, unless there is progress. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  renew(nowMs: number): void {
    this.#endsAtMs = nowMs + STALL_MS;
  }

  /** Prolongs it for one header whose worth is not known. */
  prolong(nowMs: number): void {
    this.#endsAtMs = Math.min(nowMs + STALL_MS, this.#endsAtMs + MS_PER_CHEAP_HEADER);
  }
}
