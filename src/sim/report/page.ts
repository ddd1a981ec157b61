import type { Observation } from '../observe/observation.js';
import type { Ending } from '../run-scenario.js';
import type { ScenarioResult } from '../scenario.js';
import { bands } from './bands.js';
import { connectionMatrix, matrixSentence } from './connection-matrix.js';
import { forkSentence, forkTree, minerColor, minersOf } from './fork-tree.js';
import { headCountPlot, headsPlot, headsSentence } from './heads.js';
import { element, escaped, short } from './markup.js';
import { outcomes } from './outcomes.js';
import { propagationPlot, propagationSentence } from './propagation.js';
import { colorOf, rolesOf } from './roles.js';
import { durationText } from './scale.js';
import { STYLE } from './style.js';
import { tableFill } from './table-fill.js';
import { topology } from './topology.js';

/** What a report tells. */
export interface ReportInput {
  readonly summary: string;
  readonly result: ScenarioResult;
  readonly ending: Ending;
  readonly observation: Observation;
  /** The command that tells the same story again. */
  readonly replay: string;
}

/** A page about one run that needs nothing else: no network, no script. The same run gives the same page. */
export function renderReport(input: ReportInput): string {
  const title = `${input.result.name}, seed ${input.result.seed}`;
  const head = element(
    'head',
    {},
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    element('title', {}, escaped(title)),
    `<style>${STYLE}</style>`,
  );
  const footer = element('footer', {}, 'All times are virtual. Points at a node, a block or a cell tell more of it.');
  const main = element('main', {}, header(input), ...sections(input.observation), footer);
  return `<!doctype html>\n${element('html', { lang: 'en' }, head, element('body', {}, main))}\n`;
}

function verdictOf({ result, ending }: ReportInput): string {
  if (!result.pass) return element('span', { class: 'verdict bad' }, 'failed');
  return element('span', { class: 'verdict good' }, ending.kind === 'cut' ? 'cut short, nothing broken' : 'passed');
}

function header(input: ReportInput): string {
  const { result, observation } = input;
  const facts: readonly (readonly [string, string])[] = [
    ['seed', result.seed],
    ['nodes', String(result.nodes)],
    ['fidelity', result.fidelity],
    ['virtual time', durationText(result.virtualMs)],
    ['events', result.events.toLocaleString('en')],
    ['blocks', String(observation.blocks.length)],
    ...Object.entries(result.metrics).map(metricFact),
  ];
  const boxes = facts.map(([name, value]) =>
    element('div', {}, element('dt', {}, escaped(name)), element('dd', {}, escaped(value))),
  );
  const failures = result.failures.map((failure) => element('li', {}, escaped(failure)));
  return element(
    'header',
    {},
    element('p', { class: 'kicker' }, 'Grapevine simulation'),
    element('h1', {}, escaped(result.name), verdictOf(input)),
    element('p', {}, escaped(`${input.summary[0]?.toUpperCase()}${input.summary.slice(1)}.`)),
    failures.length === 0 ? '' : element('ul', { class: 'failures' }, ...failures),
    element('dl', { class: 'facts' }, ...boxes),
    element(
      'div',
      { class: 'replay' },
      `Tell the same story again: ${element('code', {}, escaped(input.replay))}<br>`,
      `It has the digest ${element('code', {}, escaped(result.digest))}`,
    ),
  );
}

/** Metrics have the names of fields, like `finalHeight`, and `Ms` at the end of durations. */
function metricFact([name, value]: readonly [string, number]): readonly [string, string] {
  return name.endsWith('Ms') ? [wordsOf(name.slice(0, -2)), durationText(value)] : [wordsOf(name), short(value)];
}

const wordsOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function section(title: string, sentence: string, ...children: readonly string[]): string {
  return element('section', {}, element('h2', {}, title), element('p', {}, escaped(sentence)), ...children);
}

function legend(entries: readonly (readonly [color: string, name: string])[]): string {
  const items = entries.map(([color, name]) => {
    const dot = element('span', { class: 'dot', style: `background:${color}` });
    return element('li', {}, dot + escaped(name));
  });
  return element('ul', { class: 'legend' }, ...items);
}

function sections(observation: Observation): string[] {
  const { nodes, tracked, pictured, blocks } = observation;
  const roles = legend(rolesOf(nodes).map((role, index) => [colorOf(index), role]));
  const some = pictured.length === nodes.length ? 'All nodes' : `${pictured.length} of the ${nodes.length} nodes`;
  const looked =
    tracked.length === nodes.length ? '' : ` Of the ${nodes.length} nodes ${tracked.length} were looked at.`;
  const withBlocks = [
    section('Heads over time', headsSentence(observation), headsPlot(observation), headCountPlot(observation), roles),
    section('Fork tree', forkSentence(observation), forkTree(observation), minerLegend(observation)),
    section('Propagation of blocks', propagationSentence(observation), propagationPlot(observation)),
  ];
  return [
    section('Outcomes by class', `What each kind of node had come to at the end.${looked}`, outcomes(observation)),
    section(
      'Network over time',
      `${some} in order of start, clockwise from the top; a line is a connection between two of them.`,
      topology(observation),
      roles,
    ),
    ...(blocks.length === 0 ? [] : withBlocks),
    section(
      'Peers, pools, traffic',
      'The line is the middle node, the area reaches from the least to the most.',
      bands(observation),
    ),
    section(
      'Discovery tables by distance',
      'How many nodes the tables hold on average at each distance (bits in which ids may differ): the far buckets fill first, and near ones only as far as the network has nodes so close.',
      tableFill(observation),
    ),
    section(
      'Connections',
      matrixSentence(observation),
      element('div', { class: 'narrow' }, connectionMatrix(observation)),
    ),
  ];
}

/** More miners than colours can't be told apart. */
const MAX_MINERS = 6;

function minerLegend(observation: Observation): string {
  const miners = minersOf(observation);
  if (miners.length > MAX_MINERS) return '';
  return legend(miners.map((miner, index) => [minerColor(index), observation.nodes[miner]?.name ?? '']));
}
