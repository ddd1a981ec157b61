import type { Observation } from '../observe/observation.js';
import { layOutForks } from './fork-layout.js';
import { element, hint, label, picture, short } from './markup.js';
import { colorOf } from './roles.js';
import { durationText, linearScale, roundNumbers } from './scale.js';

const WIDTH = 960;
const LANE = 30;
const MARGIN = 20;
/** Heights that fit beside each other; of a longer chain the last are shown. */
const MAX_HEIGHTS = 220;

/** The places of miners in order of their first block. */
export function minersOf({ blocks }: Observation): number[] {
  return [...new Set(blocks.map(({ miner }) => miner))].filter((miner) => miner >= 0);
}

/** The colour of the `index`-th miner: not those of the first classes of nodes, which mean something else. */
export function minerColor(index: number): string {
  return colorOf(index < 0 ? index : index + 2);
}

/** Every block by height: the chain that came out runs straight, what was lost leaves it. A colour for each miner. */
export function forkTree(observation: Observation): string {
  const { nodes, finalHead } = observation;
  const top = Math.max(0, ...observation.blocks.map(({ number }) => number));
  const bottom = Math.max(0, top - MAX_HEIGHTS);
  const placed = layOutForks(observation.blocks, finalHead).filter(({ block }) => block.number >= bottom);
  const lanes = placed.map(({ lane }) => lane);
  const [highest, lowest] = [Math.min(0, ...lanes), Math.max(0, ...lanes)];
  const height = (lowest - highest) * LANE + 2 * MARGIN + 18;
  const x = linearScale([bottom, Math.max(bottom + 1, top)], [MARGIN, WIDTH - MARGIN]);
  const y = (lane: number): number => MARGIN + (lane - highest) * LANE;
  const radius = Math.max(1.6, Math.min(6, ((WIDTH - 2 * MARGIN) / Math.max(1, top - bottom)) * 0.36));
  const miners = minersOf(observation);
  const placeOf = new Map(placed.map(({ block, lane }) => [block.hash, { x: x(block.number), y: y(lane) }]));
  const links = placed.map(({ block, lane }) => {
    const to = { x: x(block.number), y: y(lane) };
    const from = placeOf.get(block.parent) ?? { x: x(Math.max(bottom, block.number - 1)), y: y(0) };
    const half = short((from.x + to.x) / 2);
    const path = `M${short(from.x)} ${short(from.y)}C${half} ${short(from.y)} ${half} ${short(to.y)} ${short(to.x)} ${short(to.y)}`;
    return element('path', { class: lane === 0 ? 'link' : 'link lost', d: path });
  });
  const dots = placed.map(({ block, lane }) => {
    const miner = nodes[block.miner]?.name ?? 'unknown';
    const about = `block ${block.number} ${block.hash.slice(0, 10)} of ${miner}, ${block.transactions} transactions, first at ${durationText(block.firstMs)}${lane === 0 ? '' : ', lost'}`;
    const color = minerColor(miners.indexOf(block.miner));
    const look = lane === 0 ? { fill: color } : { class: 'lostblock', stroke: color };
    return element('circle', { cx: x(block.number), cy: y(lane), r: radius, ...look }, hint(about));
  });
  const ticks = roundNumbers([bottom, Math.max(bottom + 1, top)], 10).map((number) =>
    label(x(number), height - 4, String(number), { class: 'axis', 'text-anchor': 'middle' }),
  );
  return picture(WIDTH, height, 'tree of blocks', ...links, ...dots, ...ticks);
}

/** What the tree shows, in words. */
export function forkSentence(observation: Observation): string {
  const lost = layOutForks(observation.blocks, observation.finalHead).filter(({ lane }) => lane !== 0).length;
  const total = observation.blocks.length;
  const top = Math.max(0, ...observation.blocks.map(({ number }) => number));
  const part = top > MAX_HEIGHTS ? ` The last ${MAX_HEIGHTS} heights are shown.` : '';
  return `${total} blocks were mined, ${lost} of them are not on the chain that came out (hollow).${part}`;
}
