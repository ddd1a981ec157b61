import type { NodeSample, Observation, Sample } from '../observe/observation.js';
import { band } from './curves.js';
import { countAxis, createFrame, timeAxis } from './frame.js';
import { element } from './markup.js';
import { bytesText } from './scale.js';
import { type Range, rangeOf } from './statistics.js';

interface Quantity {
  readonly title: string;
  readonly color: string;
  readonly text: (value: number) => string;
  readonly of: (node: NodeSample, before: NodeSample | undefined, seconds: number) => number | undefined;
}

const QUANTITIES: readonly Quantity[] = [
  { title: 'peers of a node', color: 'var(--c1)', text: String, of: ({ inbound, outbound }) => inbound + outbound },
  { title: 'transactions in a pool', color: 'var(--c2)', text: String, of: ({ pooled }) => pooled },
  {
    title: 'bytes a second, in and out',
    color: 'var(--c4)',
    text: bytesText,
    of(node, before, seconds) {
      // Counters start afresh with each start of a node.
      if (before?.running !== true || seconds <= 0 || node.bytesIn < before.bytesIn) return undefined;
      return (node.bytesIn + node.bytesOut - before.bytesIn - before.bytesOut) / seconds;
    },
  },
];

function rangesOf(samples: readonly Sample[], { of }: Quantity): (readonly [number, Range])[] {
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const seconds = (sample.atMs - (before?.atMs ?? 0)) / 1000;
    const values = sample.nodes.flatMap((node, place) =>
      node.running ? (of(node, before?.nodes[place], seconds) ?? []) : [],
    );
    return values.length === 0 ? [] : [[sample.atMs, rangeOf(values)] as const];
  });
}

/** Peers, pools and traffic over time: the middle of the nodes, and all between the least and the most. */
export function bands({ samples, moments }: Observation): string {
  const figures = QUANTITIES.flatMap((quantity) => {
    const ranges = rangesOf(samples, quantity);
    if (ranges.every(([, { most }]) => most === 0)) return [];
    const frame = createFrame({
      ...{ width: 320, height: 190, description: `${quantity.title} over time`, moments, left: 52 },
      ...timeAxis(samples.at(-1)?.atMs ?? 0, 4),
      ...countAxis(Math.max(0, ...ranges.map(([, range]) => range.most)), quantity.text),
    });
    const plot = frame.draw(band(frame, ranges, quantity.color));
    return [element('figure', {}, element('figcaption', {}, quantity.title), plot)];
  });
  return element('div', { class: 'multiples wide' }, ...figures);
}
