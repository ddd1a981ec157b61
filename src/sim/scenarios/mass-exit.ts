import { sampleOf } from '../distributions.js';
import type { SimNode } from '../machines/sim-node.js';
import { type Parameters, settingsOf } from '../parameters.js';
import { LONGEST_ARRIVAL_MS, letThousandsArrive } from '../population/arrivals.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { peerCountsAmong, tablesAmong } from '../survey/census.js';
import { surveyLookups } from '../survey/lookup-survey.js';
import { mean } from '../survey/percentile.js';
import { createWorld, type World } from '../world.js';

const PARAMETERS = {
  first: { default: 5, most: 90, summary: 'per cent of the nodes that leave at one moment' },
  second: { default: 30, most: 90, summary: 'per cent of the others that leave at one moment later' },
  restMs: { default: 120_000, most: 3_600_000, summary: 'virtual time after an exit before the next, at least' },
} satisfies Parameters;

/** As many connections as lookups need beside them. */
const MAX_PEERS = 8;
const LEAST_RECALL = 0.95;
/** Within this virtual time of an exit lookups find again what there is. */
const RECOVERY_MS = 600_000;
/** Between two surveys. The first comes at once: what an exit breaks is part of the story. */
const SURVEY_EVERY_MS = 60_000;
/** Lookers of a survey: few, since each lookup mends the table of who looks. */
const LOOKERS = 200;

/** What an exit did to lookups. */
interface Exit {
  readonly leavers: number;
  /** Mean recall of the lookups of each survey, the first right after the exit; the last one is back, or too late. */
  readonly recalls: readonly number[];
  /** Until the survey in which it was back began; undefined if it was in none. */
  readonly recoveredMs: number | undefined;
}

const live = (world: World): SimNode[] => world.nodes.filter((node) => node.running());

/** A share of the nodes loses power at one moment; then lookups are surveyed until they find what there is, and some more. */
function exit(world: World, percent: number, restMs: number, seed: string): Exit {
  const random = seededRandom(`${seed}/exit`);
  const nodes = live(world);
  const leavers = sampleOf(nodes, Math.round((nodes.length * percent) / 100), random);
  for (const node of leavers) node.unplug();
  const exitMs = world.elapsedMs();
  const sinceMs = (): number => world.elapsedMs() - exitMs;
  const recalls: number[] = [];
  let recoveredMs: number | undefined;
  while (recoveredMs === undefined && sinceMs() <= RECOVERY_MS) {
    const beganMs = sinceMs();
    const lookups = surveyLookups(world, sampleOf(live(world), LOOKERS, random), `${seed}/${beganMs}`);
    const recall = mean(lookups.map((lookup) => lookup.recall));
    recalls.push(recall);
    if (recall >= LEAST_RECALL) recoveredMs = beganMs;
    else world.run(Math.max(0, SURVEY_EVERY_MS - (sinceMs() - beganMs)));
  }
  world.run(Math.max(0, restMs - sinceMs()));
  return { leavers: leavers.length, recalls, recoveredMs };
}

/** Thousands of nodes; a twentieth loses power at one moment, later a third: the others must find each other still. */
export const massExitScenario: Scenario = {
  name: 'mass-exit',
  summary: 'some nodes leave at one moment, later many; lookups find the others again, and nobody is left alone',
  defaults: { nodes: 10_000, fidelity: 'scale' },
  parameters: PARAMETERS,
  // Two that are left can find each other.
  leastNodes: 4,
  small: { exact: { nodes: 12, settings: { restMs: 60_000 } }, scale: { nodes: 60 } },
  longestMs: (_, settings) => {
    const { restMs } = settingsOf(PARAMETERS, settings);
    return LONGEST_ARRIVAL_MS + 2 * (Math.max(restMs, RECOVERY_MS) + 2 * SURVEY_EVERY_MS);
  },
  run(options) {
    const { first, second, restMs } = settingsOf(PARAMETERS, options.settings);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0 },
    });
    letThousandsArrive(world, options.nodes, MAX_PEERS, options.seed);
    const exits = [first, second].map((percent, i) => {
      world.moment(i === 0 ? 'first exit' : 'second exit');
      return exit(world, percent, restMs, `${options.seed}/${i}`);
    });
    world.moment('end');
    const left = live(world);
    const tables = tablesAmong(left, left);
    const neighbours = tables.map(({ count }) => count);
    const peers = peerCountsAmong(left, left);
    const lonely = left.filter((_, i) => neighbours[i] === 0 || peers[i] === 0).length;
    const failures = missed(
      ...exits.map(
        ({ recoveredMs, recalls }, i) =>
          [
            recoveredMs === undefined,
            `lookups found ${recalls.at(-1)?.toFixed(3)} of the closest ${RECOVERY_MS / 60_000} min after exit ${i + 1}`,
          ] as const,
      ),
      [lonely > 0, `${lonely} nodes are left without a neighbour or a peer that is there`],
    );
    return resultOf('mass-exit', options, world, failures, {
      ...Object.fromEntries(exits.flatMap((one, i) => figures(one, i === 0 ? 'first' : 'second'))),
      lonely,
      neighboursLeast: Math.min(...neighbours),
      neighboursMean: mean(neighbours),
      neighboursShare: mean(tables.map(({ share }) => share)),
      peersLeast: Math.min(...peers),
      peersMean: mean(peers),
    });
  },
};

function figures({ leavers, recalls, recoveredMs }: Exit, name: string): [string, number][] {
  return [
    [`${name}Leavers`, leavers],
    [`${name}RecallAtOnce`, recalls[0] ?? 0],
    [`${name}Recall`, recalls.at(-1) ?? 0],
    [`${name}RecoveredMs`, recoveredMs ?? RECOVERY_MS],
  ];
}
