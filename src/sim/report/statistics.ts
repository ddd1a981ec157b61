import { percentile } from '../survey/percentile.js';

/** The least, the middle and the most of some values; all 0 if there are none. */
export interface Range {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** The range of some values. */
export function rangeOf(values: readonly number[]): Range {
  return {
    least: values.reduce((least, value) => Math.min(least, value), values[0] ?? 0),
    median: percentile(values, 0.5),
    most: values.reduce((most, value) => Math.max(most, value), values[0] ?? 0),
  };
}
