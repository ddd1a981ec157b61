import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from '../../../src/base/token-bucket.js';
import { TokenBuckets } from '../../../src/base/token-buckets.js';

const RATE: BucketRate = { burst: 3, perSecond: 2 };

describe('TokenBuckets', () => {
  it('lets through what buckets that are never forgotten let through', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), passMs: fc.nat(900) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const buckets = new TokenBuckets(RATE, 8);
        const kept = new Map<string, TokenBucket>();
        let nowMs = 1_000;
        for (const { key, passMs } of steps) {
          nowMs += passMs;
          const bucket = kept.get(key) ?? fullBucket(RATE, nowMs);
          kept.set(key, bucket);
          expect(buckets.take(nowMs, key)).toBe(takeTokens(bucket, RATE, nowMs));
        }
      }),
    );
  });

  it('forgets who was not active for two periods, and keeps no more than twice its capacity', () => {
    const buckets = new TokenBuckets(RATE, 10);
    for (let i = 0; i < 100; i++) buckets.take(0, `first ${i}`);
    expect(buckets.size).toBe(10);
    for (let i = 0; i < 100; i++) buckets.take(1_500, `second ${i}`);
    expect(buckets.size).toBe(20);
    buckets.take(3_000, 'a');
    expect(buckets.size).toBe(11);
    buckets.take(4_500, 'a');
    expect(buckets.size).toBe(1);
  });
});
