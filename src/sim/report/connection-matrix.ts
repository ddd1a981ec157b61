import type { Observation } from '../observe/observation.js';
import { element, hint, label, picture } from './markup.js';

const SIZE = 440;
const MARGIN = 46;
const MAX_NAMES = 12;

/** Which nodes were connected, in the share of time: one row and one column a node, or a group of neighbours in order of start. */
export function connectionMatrix({ matrix, nodes }: Observation): string {
  const cell = (SIZE - MARGIN - 6) / Math.max(1, matrix.length);
  const most = Math.max(1e-9, ...matrix.flat());
  const nameOf = (group: number): string => {
    const from = Math.floor((group * nodes.length) / matrix.length);
    const to = Math.floor(((group + 1) * nodes.length) / matrix.length) - 1;
    return from >= to ? (nodes[from]?.name ?? '') : `${nodes[from]?.name}–${nodes[to]?.name}`;
  };
  const cells = matrix.flatMap((row, a) =>
    row.map((share, b) => {
      const box = { x: MARGIN + b * cell, y: MARGIN + a * cell, width: cell - 1, height: cell - 1 };
      if (share === 0) return element('rect', { ...box, class: 'empty' });
      const about = `${nameOf(a)} and ${nameOf(b)}: ${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
      return element('rect', { ...box, fill: 'var(--c0)', 'fill-opacity': 0.1 + 0.9 * (share / most) }, hint(about));
    }),
  );
  const stride = Math.max(1, Math.ceil(matrix.length / MAX_NAMES));
  const names = matrix.flatMap((_, group) => {
    if (group % stride !== 0) return [];
    const name = nameOf(group).split('–')[0] ?? '';
    const at = MARGIN + (group + 0.5) * cell;
    const across = label(at, MARGIN - 8, name, { class: 'axis', 'text-anchor': 'middle' });
    return [across + label(MARGIN - 6, at + 4, name, { class: 'axis', 'text-anchor': 'end' })];
  });
  return picture(SIZE, SIZE, 'matrix of connections', ...cells, ...names);
}

/** What the darkest cell stands for, in words. */
export function matrixSentence({ matrix, nodes }: Observation): string {
  const most = Math.max(0, ...matrix.flat());
  const each =
    matrix.length === nodes.length ? 'two nodes' : `two groups of ${Math.ceil(nodes.length / matrix.length)} nodes`;
  return `A cell stands for ${each}: the stronger it is, the larger the share of their possible connections, over the whole run. The strongest is ${(most * 100).toFixed(0)} %.`;
}
