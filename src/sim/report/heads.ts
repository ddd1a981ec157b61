import type { Observation } from '../observe/observation.js';
import { band, type Point, steps } from './curves.js';
import { countAxis, createFrame, timeAxis } from './frame.js';
import { roleColors } from './roles.js';
import { rangeOf } from './statistics.js';

/** Single lines for up to so many nodes; of more a band. */
const MAX_LINES = 60;

const untilMsOf = ({ samples }: Observation): number => samples.at(-1)?.atMs ?? 0;

/** The height of each node's head over time. */
export function headsPlot(observation: Observation): string {
  const { samples, tracked, nodes, moments } = observation;
  const most = Math.max(0, ...samples.flatMap((sample) => sample.nodes.map(({ headNumber }) => headNumber)));
  const frame = createFrame({
    ...{ width: 960, height: 280, description: 'height of heads over time', moments },
    ...timeAxis(untilMsOf(observation)),
    ...countAxis(most),
  });
  const colors = roleColors(nodes);
  if (tracked.length > MAX_LINES) {
    const ranges = samples.map((sample) => {
      const heights = sample.nodes.filter(({ running }) => running).map(({ headNumber }) => headNumber);
      return [sample.atMs, rangeOf(heights)] as const;
    });
    return frame.draw(band(frame, ranges, 'var(--c0)'));
  }
  const lines = tracked.map((index, place) => {
    const points = samples.flatMap(({ atMs, nodes: all }): Point[] => {
      const node = all[place];
      return node?.running === true ? [[atMs, node.headNumber]] : [];
    });
    return steps(frame, points, { stroke: colors[index], 'stroke-width': 1.5, 'stroke-opacity': 0.7 });
  });
  return frame.draw(...lines);
}

/** How many different heads there are at a time. */
export function headCounts({ samples }: Observation): Point[] {
  return samples.map(({ atMs, nodes }): Point => {
    const heads = nodes.filter(({ running }) => running).map(({ headHash }) => headHash);
    return [atMs, new Set(heads).size];
  });
}

/** The number of different heads over time: 1 is agreement. */
export function headCountPlot(observation: Observation): string {
  const counts = headCounts(observation);
  const frame = createFrame({
    ...{ width: 960, height: 120, description: 'number of different heads over time', moments: observation.moments },
    ...timeAxis(untilMsOf(observation)),
    ...countAxis(Math.max(2, ...counts.map(([, count]) => count)), String, 2),
  });
  return frame.draw(steps(frame, counts, { stroke: 'var(--c3)', 'stroke-width': 1.8 }));
}

/** What the two plots show, in words. */
export function headsSentence(observation: Observation): string {
  const counts = headCounts(observation).map(([, count]) => count);
  const agreed = counts.filter((count) => count === 1).length;
  const share = counts.length === 0 ? 0 : (100 * agreed) / counts.length;
  const last = counts.at(-1) ?? 0;
  const end = last === 1 ? 'at the end all have the same' : `at the end there are ${last}`;
  return `Above the height of each node's chain, below how many different heads there are: one in ${share.toFixed(0)} % of the samples, ${Math.max(0, ...counts)} at most, and ${end}.`;
}
