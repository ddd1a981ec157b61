import { describe, expect, it } from 'vitest';
import { fullBucket, takeTokens } from '../../../src/base/token-bucket.js';

const RATE = { burst: 3, perSecond: 2 };

describe('takeTokens', () => {
  it('allows the burst and then the rate', () => {
    const bucket = fullBucket(RATE, 0);
    expect([1, 2, 3, 4].map(() => takeTokens(bucket, RATE, 0))).toEqual([true, true, true, false]);
    expect(takeTokens(bucket, RATE, 499)).toBe(false);
    expect(takeTokens(bucket, RATE, 500)).toBe(true);
    expect(takeTokens(bucket, RATE, 500)).toBe(false);
  });

  it('saves up no more than the burst', () => {
    const bucket = fullBucket(RATE, 0);
    expect(takeTokens(bucket, RATE, 1_000_000, 3)).toBe(true);
    expect(takeTokens(bucket, RATE, 1_000_000)).toBe(false);
  });

  it('takes all of a cost or nothing', () => {
    const bucket = fullBucket(RATE, 0);
    expect(takeTokens(bucket, RATE, 0, 4)).toBe(false);
    expect(takeTokens(bucket, RATE, 0, 3)).toBe(true);
  });

  it('gives nothing for a clock that goes back', () => {
    const bucket = fullBucket(RATE, 1000);
    takeTokens(bucket, RATE, 1000, 3);
    expect(takeTokens(bucket, RATE, 0)).toBe(false);
    expect(takeTokens(bucket, RATE, 1499)).toBe(false);
    expect(takeTokens(bucket, RATE, 1500)).toBe(true);
  });
});
