import type { Moment, Observation, Sample } from '../observe/observation.js';
import { element, hint, label, picture, short } from './markup.js';
import { roleColors } from './roles.js';
import { durationText } from './scale.js';

/** Pictures of one network beside each other. */
const FRAMES = 6;
const SIZE = 300;
const RADIUS = 112;
/** More names than this would overlap. */
const MAX_NAMES = 20;

/** The places of the samples to show: the last before each moment, the last of all, and others where most happens between. */
export function chooseFrames(samples: readonly Sample[], moments: readonly Moment[]): number[] {
  const last = samples.length - 1;
  if (last < 0) return [];
  const before = moments.map(({ atMs }) => samples.findLastIndex((sample) => sample.atMs <= atMs));
  const chosen = new Set([...before.filter((index) => index >= 0), last].slice(-FRAMES));
  const progress = progressOf(samples);
  while (chosen.size < Math.min(FRAMES, samples.length)) chosen.add(middleOfWidestGap(progress, [...chosen]));
  return [...chosen].sort((a, b) => a - b);
}

/** How much happened until each sample: connections that came or went, and a little for time alone. */
function progressOf(samples: readonly Sample[]): number[] {
  let total = 0;
  let known = new Set<string>();
  const untilMs = Math.max(1, samples.at(-1)?.atMs ?? 1);
  return samples.map(({ edges, atMs }, index) => {
    const now = new Set(edges.map(([a, b]) => `${a}/${b}`));
    const both = [...now].filter((edge) => known.has(edge)).length;
    const changed = now.size + known.size - 2 * both;
    known = now;
    total += changed / Math.max(1, now.size) + (atMs - (samples[index - 1]?.atMs ?? 0)) / untilMs;
    return total;
  });
}

function middleOfWidestGap(progress: readonly number[], chosen: readonly number[]): number {
  const sorted = [-1, ...[...chosen].sort((a, b) => a - b)];
  const gaps = sorted.flatMap((from, index) => {
    const to = sorted[index + 1];
    if (to === undefined || to - from < 2) return [];
    return [{ from, to, width: (progress[to] ?? 0) - (progress[from] ?? 0) }];
  });
  const widest = gaps.reduce(
    (best, gap) => (gap.width > best.width ? gap : best),
    gaps[0] ?? { from: -1, to: 1, width: 0 },
  );
  const middle = ((progress[widest.from] ?? 0) + (progress[widest.to] ?? 0)) / 2;
  const index = progress.findIndex((value, place) => place > widest.from && value >= middle);
  return Math.min(Math.max(index, widest.from + 1), widest.to - 1);
}

/** The picture of who is connected with whom at one time: nodes on a circle in the order of their start. */
export function topologyFrame(observation: Observation, sample: Sample): string {
  const { nodes, pictured, tracked } = observation;
  const colors = roleColors(nodes);
  const placeOf = new Map(tracked.map((index, place) => [index, place]));
  const points = pictured.map((_, place) => {
    const angle = (2 * Math.PI * place) / pictured.length - Math.PI / 2;
    return [SIZE / 2 + RADIUS * Math.cos(angle), SIZE / 2 + RADIUS * Math.sin(angle), angle] as const;
  });
  const degree = new Array<number>(pictured.length).fill(0);
  const chords = sample.edges.flatMap(([a, b]) => {
    const [from, to] = [points[a], points[b]];
    if (from === undefined || to === undefined) return [];
    degree[a] = (degree[a] ?? 0) + 1;
    degree[b] = (degree[b] ?? 0) + 1;
    return [
      `M${short(from[0])} ${short(from[1])}Q${bend(from[0], to[0])} ${bend(from[1], to[1])} ${short(to[0])} ${short(to[1])}`,
    ];
  });
  const dots = pictured.map((index, place) => {
    const [x, y, angle] = points[place] ?? [0, 0, 0];
    const node = sample.nodes[placeOf.get(index) ?? -1];
    const name = nodes[index]?.name ?? '';
    const isRunning = node?.running === true;
    const about = isRunning ? `${node.inbound + node.outbound} peers, head ${node.headNumber}` : 'not running';
    const color = colors[index];
    const dot = element(
      'circle',
      {
        cx: x,
        cy: y,
        r: 4 + Math.min(3, Math.sqrt(degree[place] ?? 0) * 0.6),
        ...(isRunning ? { fill: color } : { class: 'absent' }),
      },
      hint(`${name}, ${nodes[index]?.role}: ${about}`),
    );
    if (pictured.length > MAX_NAMES) return dot;
    const [tx, ty] = [SIZE / 2 + (RADIUS + 19) * Math.cos(angle), SIZE / 2 + (RADIUS + 19) * Math.sin(angle) + 4];
    return dot + label(tx, ty, name, { class: 'axis', 'text-anchor': 'middle' });
  });
  const width = Math.max(0.5, Math.min(1.4, 60 / Math.max(1, chords.length)));
  const lines = element('path', { class: 'chord', d: chords.join(''), 'stroke-width': width });
  const about = `${sample.edges.length} connections among ${pictured.length} nodes after ${durationText(sample.atMs)}`;
  return picture(SIZE, SIZE, about, lines, ...dots);
}

/** Chords are drawn towards the middle, so that those of neighbours can be told apart. */
const bend = (a: number, b: number): string => short(((a + b) / 2) * 0.55 + (SIZE / 2) * 0.45);

/** The network at several moments, the earliest first. */
export function topology(observation: Observation): string {
  const { samples, moments } = observation;
  const frames = chooseFrames(samples, moments).flatMap((index) => samples[index] ?? []);
  const figures = frames.map((sample) => {
    const next = moments.find(({ atMs }) => atMs >= sample.atMs && lastBefore(samples, atMs) === sample);
    const name = next === undefined ? '' : `, just before “${next.name}”`;
    const caption = `${durationText(sample.atMs)}${sample === samples.at(-1) ? ', the end' : name}: ${sample.edges.length} connections`;
    return element('figure', {}, topologyFrame(observation, sample), element('figcaption', {}, caption));
  });
  return element('div', { class: 'multiples' }, ...figures);
}

const lastBefore = (samples: readonly Sample[], atMs: number): Sample | undefined =>
  samples.findLast((sample) => sample.atMs <= atMs);
