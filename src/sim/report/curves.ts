import type { Frame } from './frame.js';
import { type Attributes, element, short } from './markup.js';
import type { Range } from './statistics.js';

/** A point in the units of a plot. */
export type Point = readonly [x: number, y: number];

const at = ({ x, y }: Frame, point: Point): string => `${short(x(point[0]))} ${short(y(point[1]))}`;

/** A line through the points. */
export function curve(frame: Frame, points: readonly Point[], attributes: Attributes): string {
  if (points.length === 0) return '';
  return element('path', { fill: 'none', d: `M${points.map((point) => at(frame, point)).join('L')}`, ...attributes });
}

/** A line that stays at each point's height until the next. */
export function steps(frame: Frame, points: readonly Point[], attributes: Attributes): string {
  const corners = points.flatMap((point, index): Point[] => {
    const before = points[index - 1];
    return before === undefined || before[1] === point[1] ? [point] : [[point[0], before[1]], point];
  });
  return curve(frame, corners, attributes);
}

/** The area between least and most, and a line along the middle. */
export function band(frame: Frame, ranges: readonly (readonly [x: number, range: Range])[], color: string): string {
  if (ranges.length === 0) return '';
  const upper = ranges.map(([x, range]) => at(frame, [x, range.most]));
  const lower = ranges.map(([x, range]) => at(frame, [x, range.least])).reverse();
  const area = element('path', { d: `M${[...upper, ...lower].join('L')}Z`, fill: color, 'fill-opacity': 0.18 });
  const middle = ranges.map(([x, range]): Point => [x, range.median]);
  return area + curve(frame, middle, { stroke: color, 'stroke-width': 2 });
}
