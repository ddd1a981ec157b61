import type { SimNode } from '../machines/sim-node.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { arrive } from '../population/arrivals.js';
import { drawClocks, TRUE_CLOCK } from '../population/clock-mix.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { headNumber, highestHead, peerCounts } from '../survey/census.js';
import { percentile } from '../survey/percentile.js';
import { createWorld, type World } from '../world.js';

const START_EVERY_MS = 100;
const LOOK_MS = 1_000;
/** Fewer than usual, so that blocks take some hops. */
const MAX_PEERS = 18;
/** A clock that is off by no more than this must not be complained about: that of others is off, too. */
const FINE_MS = 5_000;
/** One ahead, and one behind. */
const LEAST_WRONG = 2;
const PARAMETERS = {
  skewMs: { default: 10_000, most: 3_600_000, summary: 'clocks are off by this at most, evenly, ahead or behind' },
  wrongShare: { default: 0.01, most: 0.5, summary: 'share of nodes whose clock is off by much more; two at least' },
  wrongMs: { default: 3_600_000, most: 86_400_000, summary: 'how much their clocks are off: half ahead, half behind' },
  miners: { default: 4, least: 1, most: 1_000, summary: 'miners among the others' },
  hashrate: { default: 16_384, least: 1, most: 1e9, summary: 'hashes a second of each miner' },
  driftPpm: { default: 20, most: 1_000, summary: 'what clocks gain or lose at most, in millionths' },
  settleMs: {
    default: 60_000,
    most: 86_400_000,
    summary: 'virtual time from the last start until all are on one chain',
  },
  mineMs: { default: 300_000, most: 86_400_000, summary: 'virtual time that is looked at from then on' },
  depth: { default: 8, most: 1_000, summary: 'newest blocks in which the nodes with fair clocks may differ' },
};
const SMALL = { miners: 2, settleMs: 30_000, mineMs: 90_000 };

const isFair = ({ role }: SimNode): boolean => role === 'fair' || role === 'miner';

/** Writes down each second who was told for the first time that its clock is wrong, and when. */
function watchTold(world: World, ms: number, toldAtMs: Map<SimNode, number>): void {
  for (let passedMs = 0; passedMs < ms; passedMs += LOOK_MS) {
    world.run(LOOK_MS);
    for (const node of world.nodes) {
      const isTold = node.rooms().swarm.nodeInfo().clockAheadMs !== undefined;
      if (isTold && !toldAtMs.has(node)) toldAtMs.set(node, world.elapsedMs());
    }
  }
}

/** Nodes whose clocks are off by seconds, and a few by an hour: the others stay on one chain, and those few are told. */
export const clockSkewScenario: Scenario = {
  name: 'clock-skew',
  summary: 'clocks are off by up to 10 s, 1 % of them by an hour; one chain all the same, and those are told',
  defaults: { nodes: 300, fidelity: 'scale' },
  parameters: PARAMETERS,
  leastNodes: LEAST_WRONG + 2,
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 30, settings: SMALL } },
  invariants: (settings) => [oneChain({ from: 'settled', depth: settingsOf(PARAMETERS, settings).depth, of: isFair })],
  longestMs: (nodes, settings) => {
    const { settleMs, mineMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + settleMs + mineMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'log-normal', medianMs: 60, sigma: 0.5 }, datagramLoss: 0.005, jitter: 0.1 },
    });
    const wrong = Math.max(LEAST_WRONG, Math.round(options.nodes * settings.wrongShare));
    const clocks = drawClocks(seededRandom(`${options.seed}/clocks`), options.nodes, { ...settings, wrong });
    const newcomer = (index: number) => {
      const { kind, error } = clocks[index] ?? TRUE_CLOCK;
      // Two of the wrong ones mine, too: their blocks are to do no harm.
      const mines = index < settings.miners || (kind !== 'fair' && index >= options.nodes - 2);
      return {
        hashrate: mines ? settings.hashrate : 0,
        maxPeers: MAX_PEERS,
        clock: error,
        role: kind === 'fair' && mines ? 'miner' : kind,
      };
    };
    arrive(world, { nodes: options.nodes, gapMs: () => START_EVERY_MS, newcomer });

    const startedMs = world.elapsedMs();
    const toldAtMs = new Map<SimNode, number>(); // BOUNDED: by the nodes of the world
    watchTold(world, settings.settleMs, toldAtMs);
    world.moment('settled');
    const heightBefore = highestHead(world.nodes);
    watchTold(world, settings.mineMs, toldAtMs);

    const fair = world.nodes.filter(isFair);
    const off = world.nodes.filter((node) => !isFair(node));
    const told = off.filter((node) => toldAtMs.has(node));
    const untold = off.filter((node) => !toldAtMs.has(node));
    const isFine = (index: number): boolean => Math.abs(clocks[index]?.error.offsetMs ?? 0) <= FINE_MS;
    const falselyTold = world.nodes.filter((node, i) => toldAtMs.has(node) && isFine(i));
    const behind = fair.filter((node) => headNumber(node) <= heightBefore);
    const toldMs = off.map((node) => (toldAtMs.get(node) ?? startedMs) - startedMs);
    const failures = missed(
      [
        untold.length > 0,
        `${untold.length} of ${off.length} nodes were not told that their clock is wrong: ${untold[0]?.role}`,
      ],
      [falselyTold.length > 0, `${falselyTold.length} nodes were told that their clock is wrong, and it is fair`],
      [behind.length > 0, `${behind.length} nodes with fair clocks did not follow the chain`],
    );
    return resultOf('clock-skew', options, world, failures, {
      wrong: off.length,
      told: told.length,
      toldMedianMs: percentile(toldMs, 0.5),
      toldMostMs: percentile(toldMs, 1),
      toldThoughFair: toldAtMs.size - told.length,
      heightMost: highestHead(fair),
      heightLeast: Math.min(...fair.map(headNumber)),
      peersOfFairMedian: percentile(peerCounts(fair), 0.5),
      peersOfWrongMost: percentile(peerCounts(off), 1),
    });
  },
};
