import { BoundedMap } from './bounded.js';
import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from './token-bucket.js';

/**
 * A token bucket for each key, all of one rate. A bucket that nobody took from for the time that an empty one takes to
 * fill is full, as a new one is, and so it is forgotten: only who was active lately takes memory. At most twice `capacity`
 * are kept; beyond that who came first starts afresh.
 */
export class TokenBuckets {
  readonly #rate: BucketRate;
  readonly #fillMs: number;
  /** Those taken from since `#sinceMs`. */
  #recent: BoundedMap<string, TokenBucket>;
  /** Those last taken from in the period before that. */
  #earlier: BoundedMap<string, TokenBucket>;
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(rate: BucketRate, capacity: number) {
    this.#rate = rate;
    this.#fillMs = (rate.burst / rate.perSecond) * 1000;
    this.#recent = new BoundedMap(capacity);
    this.#earlier = new BoundedMap(capacity);
  }

  /** Buckets kept. */
  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  /** Takes a token of `key`'s bucket; false if there is none. */
  take(nowMs: number, key: string): boolean {
    if (nowMs - this.#sinceMs >= this.#fillMs) this.#turn(nowMs);
    let bucket = this.#recent.peek(key);
    if (bucket === undefined) {
      bucket = this.#earlier.peek(key) ?? fullBucket(this.#rate, nowMs);
      this.#earlier.delete(key);
      this.#recent.set(key, bucket);
    }
    return takeTokens(bucket, this.#rate, nowMs);
  }

  #turn(nowMs: number): void {
    this.#sinceMs = nowMs;
    const forgotten = this.#earlier;
    forgotten.clear();
    this.#earlier = this.#recent;
    this.#recent = forgotten;
  }
}
