import type { Observation } from '../observe/observation.js';
import { layOutForks } from './fork-layout.js';
import { element, escaped, picture } from './markup.js';
import { colorOf, rolesOf } from './roles.js';
import { bytesText, linearScale } from './scale.js';
import { type Range, rangeOf } from './statistics.js';

const HEADINGS = ['class', 'nodes', 'peers', 'blocks behind', 'mined', 'kept', 'bans made', 'received', 'sent'];
const BAR = 110;

/** What became of each class of nodes by the end. */
export function outcomes(observation: Observation): string {
  const rows = outcomesByRole(observation);
  const mostPeers = Math.max(1, ...rows.map(({ peers }) => peers.most));
  const body = rows.map((row, index) => {
    const dot = element('span', { class: 'dot', style: `background:${colorOf(index)}` });
    const running = row.running === row.nodes ? String(row.nodes) : `${row.running} of ${row.nodes}`;
    const cells = [
      dot + escaped(row.role),
      running,
      rangeBar(row.peers, mostPeers, colorOf(index)),
      row.behind.most === 0 ? '0' : `${row.behind.median} (at most ${row.behind.most})`,
      String(row.mined),
      row.mined === 0 ? '–' : `${((100 * row.kept) / row.mined).toFixed(0)} %`,
      String(row.bans),
      bytesText(row.received),
      bytesText(row.sent),
    ];
    return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
  });
  const head = element('tr', {}, ...HEADINGS.map((heading) => element('th', {}, heading)));
  return element(
    'div',
    { class: 'scroll' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

/** One class of nodes at the end of the run. */
export interface RoleOutcome {
  readonly role: string;
  readonly nodes: number;
  readonly running: number;
  readonly peers: Range;
  /** Blocks below the highest head. */
  readonly behind: Range;
  readonly mined: number;
  /** Of those mined, on the chain that came out. */
  readonly kept: number;
  readonly bans: number;
  /** Bytes of the middle node. */
  readonly received: number;
  readonly sent: number;
}

/** The outcome of each class among the tracked nodes. */
export function outcomesByRole(observation: Observation): RoleOutcome[] {
  const { nodes, tracked, samples, blocks, finalHead } = observation;
  const last = samples.at(-1)?.nodes ?? [];
  const top = Math.max(0, ...last.map(({ headNumber }) => headNumber));
  const placed = layOutForks(blocks, finalHead);
  return rolesOf(nodes).map((role) => {
    const all = last.filter((_, place) => nodes[tracked[place] ?? -1]?.role === role);
    const running = all.filter((node) => node.running);
    const own = placed.filter(({ block }) => nodes[block.miner]?.role === role);
    return {
      ...{ role, nodes: all.length, running: running.length },
      peers: rangeOf(running.map(({ inbound, outbound }) => inbound + outbound)),
      behind: rangeOf(running.map(({ headNumber }) => top - headNumber)),
      ...{ mined: own.length, kept: own.filter(({ lane }) => lane === 0).length },
      bans: running.reduce((sum, { bans }) => sum + bans, 0),
      received: rangeOf(running.map(({ bytesIn }) => bytesIn)).median,
      sent: rangeOf(running.map(({ bytesOut }) => bytesOut)).median,
    };
  });
}

/** From the least to the most, with a mark at the middle. */
function rangeBar({ least, median, most }: Range, end: number, color: string): string {
  const x = linearScale([0, end], [4, BAR - 4]);
  const bar = picture(
    BAR,
    12,
    `${least} to ${most}`,
    element('rect', { class: 'empty', x: 0, y: 4, width: BAR, height: 4, rx: 2 }),
    element('rect', {
      x: x(least) - 2,
      y: 4,
      width: x(most) - x(least) + 4,
      height: 4,
      rx: 2,
      fill: color,
      'fill-opacity': 0.45,
    }),
    element('circle', { cx: x(median), cy: 6, r: 4, fill: color }),
  );
  return element('span', { class: 'range' }, bar, `${median} (${least}–${most})`);
}
