import type { Moment } from '../observe/observation.js';
import { element, label, picture } from './markup.js';
import type { Scale, Tick } from './scale.js';
import { durationText, linearScale, roundNumbers } from './scale.js';

/** Size of a plot, and what its axes show. */
export interface FrameConfig {
  readonly width: number;
  readonly height: number;
  readonly description: string;
  readonly x: (range: readonly [number, number]) => Scale;
  readonly xTicks: readonly Tick[];
  readonly y: (range: readonly [number, number]) => Scale;
  readonly yTicks: readonly Tick[];
  /** Drawn as lines across. */
  readonly moments?: readonly Moment[];
  /** Room for the texts of the y axis. */
  readonly left?: number;
  readonly right?: number;
}

/** The scales of a plot, and a picture of it around what is drawn with them. */
export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  draw(...children: readonly string[]): string;
}

const TOP = 18;
const BOTTOM = 24;

/** A plot with a grid, texts along its axes, and named moments. */
export function createFrame(config: FrameConfig): Frame {
  const { width, height, left = 44, right = 14 } = config;
  const bottom = height - BOTTOM;
  const x = config.x([left, width - right]);
  const y = config.y([bottom, TOP]);
  const rows = config.yTicks.map(({ at, text }) => {
    const line = element('line', { class: 'grid', x1: left, x2: width - right, y1: y(at), y2: y(at) });
    return line + label(left - 8, y(at) + 4, text, { class: 'axis', 'text-anchor': 'end' });
  });
  const columns = config.xTicks.map(({ at, text }) =>
    label(x(at), bottom + 17, text, { class: 'axis', 'text-anchor': 'middle' }),
  );
  const moments = momentLines(config.moments ?? [], x, TOP, bottom, width - right);
  return {
    ...{ x, y },
    draw: (...children) => picture(width, height, config.description, ...rows, ...columns, ...children, ...moments),
  };
}

/** About the width of a letter. */
const LETTER = 6;

/**
 * Lines across a picture at named moments. A name stands to the right of its line, or to the left where it would run into
 * the next line or out of the picture; where neither fits it is left out.
 */
export function momentLines(
  moments: readonly Moment[],
  x: Scale,
  top: number,
  bottom: number,
  right: number,
): string[] {
  let takenTo = Number.NEGATIVE_INFINITY;
  return moments.map(({ name, atMs }, index) => {
    const at = x(atMs);
    const width = name.length * LETTER + 8;
    const next = moments[index + 1];
    const end = next === undefined ? right : Math.min(right, x(next.atMs));
    const fitsRight = at + width <= end;
    const line = element('line', { class: 'moment', x1: at, x2: at, y1: top - 12, y2: bottom });
    if (!fitsRight && at - width < takenTo) return line;
    takenTo = fitsRight ? at + width : at;
    const anchor = fitsRight ? 'start' : 'end';
    return line + label(at + (fitsRight ? 4 : -4), top - 5, name, { class: 'moment', 'text-anchor': anchor });
  });
}

/** The axis of a run's time. */
export function timeAxis(untilMs: number, ticks = 8): Pick<FrameConfig, 'x' | 'xTicks'> {
  const domain = [0, Math.max(1, untilMs)] as const;
  return {
    x: (range) => linearScale(domain, range),
    xTicks: roundNumbers([0, domain[1] / 1000], ticks).map((s) => ({ at: s * 1000, text: durationText(s * 1000) })),
  };
}

/** An axis of counts from 0 to a little more than `most`. */
export function countAxis(
  most: number,
  text: (value: number) => string = String,
  ticks = 4,
): Pick<FrameConfig, 'y' | 'yTicks'> {
  const domain = [0, Math.max(1, most * 1.05)] as const;
  return {
    y: (range) => linearScale(domain, range),
    yTicks: roundNumbers(domain, ticks).map((at) => ({ at, text: text(at) })),
  };
}
