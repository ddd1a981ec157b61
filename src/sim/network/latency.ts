import { invariant } from '../../base/invariant.js';
import { mix32 } from '../seeded-random.js';
import type { RegionMap } from './regions.js';

/** How long a message takes between two addresses, in ms, one way. Symmetric and constant for a pair. */
export type Latency =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  /** `sigma` is the standard deviation of the natural logarithm: with 0.5, one pair of twenty takes more than 2.3 medians. */
  | { readonly kind: 'log-normal'; readonly medianMs: number; readonly sigma: number }
  /** Log-normal around the median that the map has for the regions of the two. */
  | { readonly kind: 'regions'; readonly map: RegionMap; readonly sigma: number };

/** What the delay of a pair follows from: a hash of the address, and the index of its region (0 if there are none). */
export interface Place {
  readonly hash: number;
  readonly region: number;
}

/** No message is faster than this between two machines. */
const LEAST_MS = 1;
const UINT32 = 2 ** 32;
/** Any constant: a second number that belongs to a pair. */
const SECOND = 0x9e3779b9;

/** The delay of each pair as `latency` says, in whole ms; computed anew each time, since there are millions of pairs. */
export function createDelays(latency: Latency, salt: number): (a: Place, b: Place) => number {
  /** 32 bits that belong to the pair, in whatever order. */
  const lotOf = (a: Place, b: Place): number =>
    mix32(mix32(Math.min(a.hash, b.hash) ^ salt) ^ Math.max(a.hash, b.hash));

  /** From the log-normal distribution (Box and Muller's transform). */
  function logNormalMs(medianMs: number, sigma: number, lot: number): number {
    if (sigma === 0) return medianMs;
    const normal =
      Math.sqrt(-2 * Math.log((lot + 1) / UINT32)) * Math.cos((2 * Math.PI * mix32(lot ^ SECOND)) / UINT32);
    return Math.max(LEAST_MS, Math.round(medianMs * Math.exp(sigma * normal)));
  }

  switch (latency.kind) {
    case 'constant':
      return () => latency.ms;
    case 'uniform': {
      const { fromMs, toMs } = latency;
      return (a, b) => Math.round(fromMs + (lotOf(a, b) / UINT32) * (toMs - fromMs));
    }
    case 'log-normal':
      return (a, b) => logNormalMs(latency.medianMs, latency.sigma, lotOf(a, b));
    case 'regions': {
      const { map, sigma } = latency;
      return (a, b) => {
        const medianMs = map.medianMs[a.region]?.[b.region];
        invariant(medianMs !== undefined, 'each region has a median to each');
        return logNormalMs(medianMs, sigma, lotOf(a, b));
      };
    }
  }
}
