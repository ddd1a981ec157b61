/** A search without a limit looks for messages this often. */
const FREE_SLICE_MS = 10;
/** A limited search works in bursts this far apart: it costs 40 wakes a second and blurs block times by as little. */
const PACED_SLICE_MS = 25;
/** The first slice, before the speed is known. */
const FIRST_SLICE = 500;

/** Cuts a search into slices so that it tries at most `maxHashrate` hashes a second and stays responsive. */
export class Pacer {
  readonly #maxHashrate: number;
  #slice = FIRST_SLICE;
  #freeAtMs = 0;
  #unpaid = 0;

  /** `headStartMs`: the first hashes, as many as are allowed in this time, are tried at once. */
  constructor(maxHashrate: number, headStartMs = 0) {
    this.#maxHashrate = maxHashrate;
    if (Number.isFinite(maxHashrate)) this.#unpaid = (maxHashrate * headStartMs) / 1000;
    if (Number.isFinite(maxHashrate)) this.#slice = Math.max(1, Math.round((maxHashrate * PACED_SLICE_MS) / 1000));
  }

  /** How many hashes to try next. */
  get slice(): number {
    return this.#slice;
  }

  /** Notes a slice that ran from `startMs` to `endMs`, and gives how many ms to rest. Idle time is not saved up. */
  rest(hashes: number, startMs: number, endMs: number): number {
    if (!Number.isFinite(this.#maxHashrate)) {
      const speed = hashes / Math.max(0.1, endMs - startMs);
      this.#slice = Math.max(FIRST_SLICE, Math.round(speed * FREE_SLICE_MS));
      return 0;
    }
    if (this.#unpaid >= hashes) {
      this.#unpaid -= hashes;
      return 0;
    }
    // A late timer may be made up for within one slice, no more: otherwise a laptop that slept would burn afterwards.
    this.#freeAtMs = Math.max(this.#freeAtMs, startMs - PACED_SLICE_MS) + (hashes * 1000) / this.#maxHashrate;
    return Math.max(0, this.#freeAtMs - endMs);
  }
}
