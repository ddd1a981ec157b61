import { LONGEST_ARRIVAL_MS, letArrive, sampleOf } from '../arrivals.js';
import { surveyLookups } from '../lookup-survey.js';
import { type Parameters, settingsOf } from '../parameters.js';
import { mean } from '../percentile.js';
import { resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
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
  /** Mean recall of lookups that began right after it. */
  readonly recallAtOnce: number;
  /** The same in the survey in which it was back, or in the last one. */
  readonly recall: number;
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
  const sinceMs = world.elapsedMs();
  let [recallAtOnce, recall]: (number | undefined)[] = [];
  let recoveredMs: number | undefined;
  while (recoveredMs === undefined && world.elapsedMs() - sinceMs <= RECOVERY_MS) {
    const beganMs = world.elapsedMs() - sinceMs;
    const lookups = surveyLookups(world, sampleOf(live(world), LOOKERS, random), `${seed}/${beganMs}`);
    recall = mean(lookups.map((lookup) => lookup.recall));
    recallAtOnce ??= recall;
    if (recall >= LEAST_RECALL) recoveredMs = beganMs;
    else world.run(Math.max(0, SURVEY_EVERY_MS - (world.elapsedMs() - sinceMs - beganMs)));
  }
  world.run(Math.max(0, restMs - (world.elapsedMs() - sinceMs)));
  return { leavers: leavers.length, recallAtOnce: recallAtOnce ?? 0, recall: recall ?? 0, recoveredMs };
}

/** Of each node that is there: how many nodes of its table are there, and what share of the table they are. */
function neighbours(world: World): { readonly alive: number; readonly share: number }[] {
  const there = new Set<string>(live(world).map(({ identity }) => identity.nodeId));
  return live(world).map((node) => {
    const table = node
      .rooms()
      .swarm.discoveryTable()
      .filter(({ replacement }) => !replacement);
    const alive = table.filter(({ nodeId }) => there.has(nodeId)).length;
    return { alive, share: alive / Math.max(1, table.length) };
  });
}

/** Connections of each node that is there to others that are. */
function peersAlive(world: World): number[] {
  const there = new Set<string>(live(world).map(({ identity }) => identity.nodeId));
  return live(world).map(
    (node) =>
      node
        .rooms()
        .swarm.peers(node.nowMs())
        .filter(({ id }) => there.has(id)).length,
  );
}

/** Thousands of nodes; a twentieth loses power at one moment, later a third: the others must find each other still. */
export const massExitScenario: Scenario = {
  name: 'mass-exit',
  summary: 'some nodes leave at one moment, later many; lookups find the others again, and nobody is left alone',
  defaults: { nodes: 10_000, fidelity: 'scale' },
  parameters: PARAMETERS,
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
    letArrive(world, options.nodes, MAX_PEERS, options.seed);
    const exits = [first, second].map((percent, i) => {
      world.moment(i === 0 ? 'first exit' : 'second exit');
      return exit(world, percent, restMs, `${options.seed}/${i}`);
    });
    world.moment('end');
    const tables = neighbours(world);
    const peers = peersAlive(world);
    const lonely = tables.filter(({ alive }, i) => alive === 0 || peers[i] === 0).length;

    const failures = exits.flatMap(({ recoveredMs, recall }, i) =>
      recoveredMs === undefined
        ? [`lookups found ${recall.toFixed(3)} of the closest ${RECOVERY_MS / 60_000} min after exit ${i + 1}`]
        : [],
    );
    if (lonely > 0) failures.push(`${lonely} nodes are left without a neighbour or a peer that is there`);
    return resultOf('mass-exit', options, world, failures, {
      ...Object.fromEntries(exits.flatMap((one, i) => figures(one, i === 0 ? 'first' : 'second'))),
      lonely,
      neighboursLeast: Math.min(...tables.map(({ alive }) => alive)),
      neighboursMean: mean(tables.map(({ alive }) => alive)),
      neighboursShare: mean(tables.map(({ share }) => share)),
      peersLeast: Math.min(...peers),
      peersMean: mean(peers),
    });
  },
};

function figures({ leavers, recallAtOnce, recall, recoveredMs }: Exit, name: string): [string, number][] {
  return [
    [`${name}Leavers`, leavers],
    [`${name}RecallAtOnce`, recallAtOnce],
    [`${name}Recall`, recall],
    [`${name}RecoveredMs`, recoveredMs ?? RECOVERY_MS],
  ];
}
