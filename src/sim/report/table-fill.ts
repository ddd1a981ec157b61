import { BUCKET_COUNT, BUCKET_SIZE } from '../../net/discovery/table.js';
import type { Observation } from '../observe/observation.js';
import { momentLines } from './frame.js';
import { element, hint, label, picture } from './markup.js';
import { durationText, linearScale, roundNumbers } from './scale.js';

const WIDTH = 960;
const ROW = 15;
const LEFT = 64;
const RIGHT = 70;
const TOP = 18;
/** Distances have 256 bits; the first bucket takes all that are below its neighbour's. */
const FARTHEST = 256;

/** How full the buckets of the nodes' tables are on average: one row a distance, the farthest on top, time to the right. */
export function tableFill({ samples, moments }: Observation): string {
  const untilMs = Math.max(1, samples.at(-1)?.atMs ?? 1);
  const x = linearScale([0, untilMs], [LEFT, WIDTH - RIGHT]);
  const rowOf = (bucket: number): number => TOP + (BUCKET_COUNT - 1 - bucket) * ROW;
  const bottom = TOP + BUCKET_COUNT * ROW;
  const cells = fillSpans(samples).map(({ bucket, mean, fromMs, toMs }) => {
    const box = { x: x(fromMs), y: rowOf(bucket) + 1, width: x(toMs) - x(fromMs), height: ROW - 2, class: 'cell' };
    const about = `${durationText(fromMs)} to ${durationText(toMs)}: ${mean} of ${BUCKET_SIZE} at distance ${distanceName(bucket)}`;
    return element(
      'rect',
      { ...box, fill: 'var(--c1)', 'fill-opacity': 0.08 + (0.92 * mean) / BUCKET_SIZE },
      hint(about),
    );
  });
  const last = samples.at(-1)?.tableFill ?? [];
  const rows = Array.from({ length: BUCKET_COUNT }, (_, bucket) => {
    const y = rowOf(bucket) + ROW - 4;
    const back = { x: LEFT, y: rowOf(bucket) + 1, width: WIDTH - RIGHT - LEFT, height: ROW - 2, class: 'empty' };
    return [
      element('rect', back),
      label(LEFT - 8, y, distanceName(bucket), { class: 'axis', 'text-anchor': 'end' }),
      label(WIDTH - RIGHT + 8, y, (last[bucket] ?? 0).toFixed(1), { class: 'axis' }),
    ].join('');
  });
  const ticks = roundNumbers([0, untilMs / 1000], 8).map((s) =>
    label(x(s * 1000), bottom + 16, durationText(s * 1000), { class: 'axis', 'text-anchor': 'middle' }),
  );
  const lines = momentLines(moments, x, TOP, bottom, WIDTH - RIGHT);
  const heads =
    label(LEFT - 8, TOP - 5, 'distance', { class: 'axis', 'text-anchor': 'end' }) +
    label(WIDTH - RIGHT + 8, TOP - 5, `of ${BUCKET_SIZE}`, { class: 'axis' });
  return picture(WIDTH, bottom + 24, 'fill of the discovery tables', heads, ...rows, ...cells, ...ticks, ...lines);
}

const distanceName = (bucket: number): string =>
  bucket === 0 ? `≤ ${FARTHEST - BUCKET_COUNT + 1}` : String(FARTHEST - BUCKET_COUNT + 1 + bucket);

/** A time in which the mean fill of a bucket, to one decimal, stays the same. */
export interface FillSpan {
  readonly bucket: number;
  readonly mean: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The spans in which buckets are not empty. A sample stands for the time since the one before it. */
export function fillSpans(samples: Observation['samples']): FillSpan[] {
  return Array.from({ length: BUCKET_COUNT }, (_, bucket) => {
    const spans: FillSpan[] = [];
    for (const [index, { atMs, tableFill: fill }] of samples.entries()) {
      const mean = Math.round((fill[bucket] ?? 0) * 10) / 10;
      const before = spans.at(-1);
      if (before?.mean === mean) spans[spans.length - 1] = { ...before, toMs: atMs };
      else spans.push({ bucket, mean, fromMs: samples[index - 1]?.atMs ?? 0, toMs: atMs });
    }
    return spans.filter((span) => span.mean > 0 && span.toMs > span.fromMs);
  }).flat();
}
