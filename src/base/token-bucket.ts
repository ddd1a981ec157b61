/** A rate limit as data: `tokens` that refill continuously. Time is always an argument. */
export interface TokenBucket {
  tokens: number;
  updatedAtMs: number;
}

/** How a bucket fills: at most `burst` tokens, `perSecond` new ones each second. */
export interface BucketRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** A full bucket. */
export const fullBucket = (rate: BucketRate, nowMs: number): TokenBucket => ({
  tokens: rate.burst,
  updatedAtMs: nowMs,
});

/** Refills `bucket` up to `nowMs`, takes `cost` if there is enough, and says whether it did. */
export function takeTokens(bucket: TokenBucket, rate: BucketRate, nowMs: number, cost = 1): boolean {
  const elapsedSeconds = Math.max(0, nowMs - bucket.updatedAtMs) / 1000;
  bucket.tokens = Math.min(rate.burst, bucket.tokens + elapsedSeconds * rate.perSecond);
  bucket.updatedAtMs = Math.max(bucket.updatedAtMs, nowMs);
  if (bucket.tokens < cost) return false;
  bucket.tokens -= cost;
  return true;
}
