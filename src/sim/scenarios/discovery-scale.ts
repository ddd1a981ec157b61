import { invariant } from '../../base/invariant.js';
import { letArrive, sampleOf } from '../arrivals.js';
import { surveyLookups } from '../lookup-survey.js';
import { mean, percentile } from '../percentile.js';
import { type Scenario, type ScenarioOptions, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { createTrace } from '../trace.js';
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
interface Outcome {
  readonly nodes: number;
  readonly recalls: readonly number[];
  readonly hops: readonly number[];
  readonly queries: readonly number[];
  readonly datagrams: readonly number[];
  readonly events: number;
  readonly virtualMs: number;
  readonly nodeSeconds: number;
  readonly digest: string;
}

function explore(options: ScenarioOptions, nodes: number): Outcome {
  const world = createWorld({
    ...worldOptions(options),
    genesis: simGenesis([], 2),
    links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 },
  });
  letArrive(world, nodes, MAX_PEERS, options.seed);
  const lookers = sampleOf(world.nodes, MAX_LOOKERS, seededRandom(`${options.seed}/sample`));
  const lookups = surveyLookups(world, lookers, options.seed);
  return {
    nodes,
    recalls: lookups.map(({ recall }) => recall),
    hops: lookups.map(({ hops }) => hops),
    queries: lookups.map(({ queries }) => queries),
    datagrams: lookups.map(({ datagrams }) => datagrams),
    events: world.events(),
    virtualMs: world.elapsedMs(),
    nodeSeconds: world.nodeSeconds(),
    digest: world.digest(),
  };
}

/** How many hops more each doubling of the network takes: the slope of the least-squares line over log2 of its size. */
function hopsPerDoubling(outcomes: readonly Outcome[]): number {
  const points = outcomes.map(({ nodes, hops }) => ({ x: Math.log2(nodes), y: mean(hops) }));
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
    const trace = createTrace();
    for (const { digest } of outcomes) trace.add(digest);

    const failures: string[] = [];
    const short = whole.recalls.filter((recall) => recall < LEAST_RECALL).length;
    if (short > 0)
      failures.push(`${short} of ${whole.recalls.length} lookups found less than ${LEAST_RECALL} of the closest`);
    return {
      ...{ name: 'discovery-scale', seed: options.seed, nodes: options.nodes, fidelity: options.fidelity },
      ...{ pass: failures.length === 0, failures },
      metrics: {
        lookups: whole.recalls.length,
        recallMean: mean(whole.recalls),
        recallLeast: Math.min(...whole.recalls),
        recallShort: short,
        hopsMean: mean(whole.hops),
        hopsP99: percentile(whole.hops, 0.99),
        queriesMean: mean(whole.queries),
        datagramsMean: mean(whole.datagrams),
        ...Object.fromEntries(outcomes.map(({ nodes, hops }) => [`hopsMeanOf${nodes}`, mean(hops)])),
        hopsPerDoubling: hopsPerDoubling(outcomes),
      },
      events: outcomes.reduce((sum, outcome) => sum + outcome.events, 0),
      virtualMs: outcomes.reduce((sum, outcome) => sum + outcome.virtualMs, 0),
      nodeSeconds: outcomes.reduce((sum, outcome) => sum + outcome.nodeSeconds, 0),
      digest: trace.digest(),
    };
  },
};
