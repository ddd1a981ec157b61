import { invariant } from '../../base/invariant.js';
import { sampleOf } from '../distributions.js';
import { letThousandsArrive } from '../population/arrivals.js';
import {
  type Extent,
  extentOf,
  extentOfAll,
  missed,
  resultOf,
  type Scenario,
  type ScenarioOptions,
  worldOptions,
} from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { type SurveyedLookup, surveyLookups } from '../survey/lookup-survey.js';
import { mean, percentile } from '../survey/percentile.js';
import { createWorld } from '../world.js';

/** Of more nodes than this a sample looks. */
const MAX_LOOKERS = 1_000;
/** Connections are not what is measured, but nodes that find each other do connect. */
const MAX_PEERS = 8;
const LEAST_RECALL = 0.95;
/** The smaller networks that hops are compared with: a tenth and a hundredth, if that is a network still. */
const FRACTIONS = [100, 10, 1];
const LEAST_NODES = 20;

/** What one network came to. */
interface Outcome extends Extent {
  readonly size: number;
  readonly lookups: readonly SurveyedLookup[];
  readonly hopsMean: number;
}

function explore(options: ScenarioOptions, size: number): Outcome {
  const world = createWorld({
    ...worldOptions(options),
    genesis: simGenesis([], 2),
    links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 },
  });
  letThousandsArrive(world, size, MAX_PEERS, options.seed);
  const lookers = sampleOf(world.nodes, MAX_LOOKERS, seededRandom(`${options.seed}/sample`));
  const lookups = surveyLookups(world, lookers, options.seed);
  return { size, lookups, hopsMean: mean(lookups.map(({ hops }) => hops)), ...extentOf(world) };
}

/** How many hops more each doubling of the network takes: the slope of the least-squares line over log2 of its size. */
function hopsPerDoubling(outcomes: readonly Outcome[]): number {
  const points = outcomes.map(({ size, hopsMean }) => ({ x: Math.log2(size), y: hopsMean }));
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}

/** Thousands of nodes start from three bootnodes; then lookups of random ids have to find the closest nodes there are. */
export const discoveryScaleScenario: Scenario = {
  name: 'discovery-scale',
  summary: 'nodes start from 3 bootnodes; lookups find the 16 closest, in hops that grow with log N',
  defaults: { nodes: 10_000, fidelity: 'scale' },
  small: { exact: { nodes: 12 }, scale: { nodes: 60 } },
  run(options) {
    const sizes = FRACTIONS.map((part) => Math.floor(options.nodes / part));
    const outcomes = sizes
      .filter((size, i) => size >= LEAST_NODES || i === sizes.length - 1)
      .map((size) => explore(options, size));
    const whole = outcomes.at(-1);
    invariant(whole !== undefined, 'the whole network is one of them');
    const of = (figure: (lookup: SurveyedLookup) => number): number[] => whole.lookups.map(figure);
    const recalls = of(({ recall }) => recall);
    const short = recalls.filter((recall) => recall < LEAST_RECALL).length;
    const failures = missed([
      short > 0,
      `${short} of ${recalls.length} lookups found less than ${LEAST_RECALL} of the closest`,
    ]);
    return resultOf('discovery-scale', options, extentOfAll(outcomes), failures, {
      lookups: recalls.length,
      recallMean: mean(recalls),
      recallLeast: Math.min(...recalls),
      recallShort: short,
      hopsMean: whole.hopsMean,
      hopsP99: percentile(
        of(({ hops }) => hops),
        0.99,
      ),
      queriesMean: mean(of(({ queries }) => queries)),
      datagramsMean: mean(of(({ datagrams }) => datagrams)),
      ...Object.fromEntries(outcomes.map(({ size, hopsMean }) => [`hopsMeanOf${size}`, hopsMean])),
      hopsPerDoubling: hopsPerDoubling(outcomes),
    });
  },
};
