import { textTable } from '../lib/text-table.js';
import type { MeasuredRun } from './messages.js';

/** The least, the middle and the most of a metric over several runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Metrics that fit beside each other on a terminal. */
const MAX_COLUMNS = 6;
const DIGEST_LENGTH = 12;

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0 };
}

/** The spread of each metric over the runs that have it. */
export function spreads(runs: readonly MeasuredRun[]): Readonly<Record<string, Spread>> {
  const names = [...new Set(runs.flatMap(({ result }) => Object.keys(result.metrics)))];
  return Object.fromEntries(names.map((name) => [name, spreadOf(valuesOf(runs, name))]));
}

function valuesOf(runs: readonly MeasuredRun[], name: string): number[] {
  return runs.flatMap(({ result }) => result.metrics[name] ?? []);
}

/** A metric for people: at most three decimals. */
export function metricText(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A line for each seed, and below them the spread of each metric. */
export function seedsTable(runs: readonly MeasuredRun[]): string {
  const all = spreads(runs);
  const names = Object.keys(all).slice(0, MAX_COLUMNS);
  const rows = runs.map(({ result, speed }) => [
    result.seed,
    result.pass ? 'passed' : 'FAILED',
    result.digest.slice(0, DIGEST_LENGTH),
    `${speed.wallS.toFixed(1)} s`,
    ...names.map((name) => (result.metrics[name] === undefined ? '-' : metricText(result.metrics[name]))),
  ]);
  const footers = (['min', 'median', 'max'] as const).map((key) => [
    ...[key, '', '', ''],
    ...names.map((name) => metricText(all[name]?.[key] ?? 0)),
  ]);
  const lines = names.length === 0 ? rows : [...rows, ...footers];
  return textTable(['SEED', 'RESULT', 'DIGEST', 'TIME', ...names], lines);
}
