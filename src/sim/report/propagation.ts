import type { Observation, ObservedBlock } from '../observe/observation.js';
import { type Point, steps } from './curves.js';
import { createFrame } from './frame.js';
import { element, label } from './markup.js';
import { durationText, linearScale, logScale, powersOfTen } from './scale.js';

/** Single blocks are drawn up to so many; of more an even choice. */
const MAX_LINES = 150;
const LEAST_MS = 10;

/** How long blocks took from the first node to the others. */
export interface Propagation {
  /** Of each block and each other node that came to have it, rising. */
  readonly delaysMs: readonly number[];
  /** Blocks times other nodes. */
  readonly possible: number;
}

/** The delays of blocks to the tracked nodes that ran when they were first seen. */
export function propagationOf(blocks: readonly ObservedBlock[], nodes: number): Propagation {
  const delaysMs = blocks.flatMap(({ firstMs, seen }) => delaysAfter(firstMs, seen)).sort((a, b) => a - b);
  return { delaysMs, possible: blocks.length * Math.max(0, nodes - 1) };
}

/** The first of all had it at once, and is not counted. */
function delaysAfter(firstMs: number, seen: ObservedBlock['seen']): number[] {
  const delays = seen.map(([, atMs]) => atMs - firstMs).sort((a, b) => a - b);
  return delays[0] === 0 ? delays.slice(1) : delays;
}

function shares(delaysMs: readonly number[], possible: number): Point[] {
  return delaysMs.map((ms, index): Point => [ms, (index + 1) / possible]);
}

/** The share of nodes that have a block, by the time since the first one had it: one thin line a block, the thick one is all. */
export function propagationPlot({ blocks, tracked }: Observation): string {
  const all = propagationOf(blocks, tracked.length);
  const mostMs = Math.max(1_000, all.delaysMs.at(-1) ?? 0) * 1.1;
  const domain = [LEAST_MS, mostMs] as const;
  const frame = createFrame({
    ...{ width: 960, height: 320, description: 'share of nodes that have a block over time' },
    x: (range) => logScale(domain, range),
    xTicks: powersOfTen(domain).map((at) => ({ at, text: durationText(at) })),
    y: (range) => linearScale([0, 1], range),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: `${at * 100} %` })),
  });
  const stride = Math.max(1, Math.ceil(blocks.length / MAX_LINES));
  const others = Math.max(1, tracked.length - 1);
  const thin = blocks
    .filter((_, index) => index % stride === 0)
    .map(({ firstMs, seen }) => {
      const points = shares(delaysAfter(firstMs, seen), others);
      return steps(frame, [[LEAST_MS, 0], ...points], { stroke: 'var(--c0)', 'stroke-opacity': 0.16 });
    });
  const points: Point[] = [[LEAST_MS, 0], ...shares(all.delaysMs, all.possible)];
  const thick = steps(frame, [...points, [mostMs, points.at(-1)?.[1] ?? 0]], {
    stroke: 'var(--c0)',
    'stroke-width': 2.5,
  });
  const marks = [0.5, 0.95].flatMap((share) => {
    const ms = all.delaysMs[Math.ceil(share * all.possible) - 1];
    if (ms === undefined) return [];
    const [x, y] = [frame.x(ms), frame.y(share)];
    const dot = element('circle', { cx: x, cy: y, r: 4, fill: 'var(--c0)', class: 'mark' });
    return [dot + label(x + 8, y + 14, `${share * 100} % after ${durationText(ms)}`, { class: 'note' })];
  });
  return frame.draw(...thin, thick, ...marks);
}

/** What the plot says, in words. */
export function propagationSentence({ blocks, tracked }: Observation): string {
  const { delaysMs, possible } = propagationOf(blocks, tracked.length);
  if (delaysMs.length === 0) return 'No block reached a second node.';
  const within = [0.5, 0.95].flatMap((share) => {
    const ms = delaysMs[Math.ceil(share * possible) - 1];
    return ms === undefined ? [] : [`${share * 100} % within ${durationText(ms)}`];
  });
  const missing = (100 * (possible - delaysMs.length)) / possible;
  const never = missing > 0 ? [`${missing.toFixed(1)} % never (forks that were lost, nodes that were away)`] : [];
  const parts = [...within, ...never].join(', ');
  return `How soon a block that one node has is on the chain of the others: ${parts}. A thin line is one block, the thick one all of them.`;
}
