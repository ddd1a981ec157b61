import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { percentile } from '../percentile.js';
import { resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
const START_EVERY_MS = 100;
const LOOK_MS = 1_000;
/** Fewer than usual, so that blocks take some hops. */
const MAX_PEERS = 18;
/** A clock that is off by no more than this must not be complained about: that of others is off, too. */
const FINE_MS = 5_000;
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
    summary: 'virtual time from the last start until one chain must be seen',
  },
  mineMs: { default: 300_000, most: 86_400_000, summary: 'virtual time that is looked at from then on' },
  depth: { default: 8, most: 1_000, summary: 'newest blocks in which the nodes with fair clocks may differ' },
};

type Kind = 'fair' | 'ahead' | 'behind';

/** Which nodes are wrong: from the last one on, and so no bootnode and no miner. Half of them mine, too: their blocks are to do no harm. */
function kindOf(index: number, nodes: number, wrong: number): Kind {
  const fromEnd = nodes - 1 - index;
  if (fromEnd >= wrong) return 'fair';
  return fromEnd % 2 === 0 ? 'ahead' : 'behind';
}

const told = (node: SimNode): number | undefined => node.rooms().swarm.nodeInfo().clockAheadMs;

/** Looks each second who has been told what, until `untilMs`. */
function watchTold(world: World, nodes: readonly SimNode[], ms: number): Map<SimNode, number> {
  const toldAtMs = new Map<SimNode, number>(); // BOUNDED: by the nodes of the world
  for (let passed = 0; passed < ms; passed += LOOK_MS) {
    world.run(LOOK_MS);
    for (const node of nodes) {
      if (!toldAtMs.has(node) && told(node) !== undefined) toldAtMs.set(node, world.elapsedMs());
    }
  }
  return toldAtMs;
}

/** Nodes whose clocks are off by seconds, and a few by an hour: the others stay on one chain, and those few are told. */
export const clockSkewScenario: Scenario = {
  name: 'clock-skew',
  summary: 'clocks are off by up to 10 s, 1 % of them by an hour; one chain all the same, and those are told',
  defaults: { nodes: 300, fidelity: 'scale' },
  parameters: PARAMETERS,
  small: {
    exact: { nodes: 10, settings: { miners: 2, settleMs: 30_000, mineMs: 90_000 } },
    scale: { nodes: 30, settings: { miners: 2, settleMs: 30_000, mineMs: 90_000 } },
  },
  invariants: (settings) => {
    const { depth } = settingsOf(PARAMETERS, settings);
    return [oneChain({ from: 'settled', depth, of: (node) => node.role === 'fair' || node.role === 'miner' })];
  },
  longestMs: (nodes, settings) => {
    const { settleMs, mineMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + settleMs + mineMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const random = seededRandom(`${options.seed}/clocks`);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'log-normal', medianMs: 60, sigma: 0.5 }, datagramLoss: 0.005, jitter: 0.1 },
    });
    const wrong = Math.max(2, Math.round(options.nodes * settings.wrongShare));
    const offsets = new Map<SimNode, number>(); // BOUNDED: by the nodes of the world
    const bootnodes: SimNode[] = [];
    for (let i = 0; i < options.nodes; i++) {
      const kind = kindOf(i, options.nodes, wrong);
      const evenly = (most: number): number => most * (2 * random.float() - 1);
      const offsetMs = Math.round(
        kind === 'fair' ? evenly(settings.skewMs) : kind === 'ahead' ? settings.wrongMs : -settings.wrongMs,
      );
      const mines = i < settings.miners || (kind !== 'fair' && options.nodes - 1 - i < 2);
      const node = world.addNode({
        bootnodes: [...bootnodes],
        hashrate: mines ? settings.hashrate : 0,
        maxPeers: MAX_PEERS,
        clock: { offsetMs, driftPpm: evenly(settings.driftPpm) },
        role: kind !== 'fair' ? kind : mines ? 'miner' : 'fair',
      });
      offsets.set(node, offsetMs);
      if (i < BOOTNODES) bootnodes.push(node);
      node.start();
      world.run(START_EVERY_MS);
    }
    const startedMs = world.elapsedMs();
    const early = watchTold(world, world.nodes, settings.settleMs);
    world.moment('settled');
    const heightBefore = Math.max(...world.nodes.map((node) => node.rooms().chain.head().header.number));
    const toldAtMs = new Map([...watchTold(world, world.nodes, settings.mineMs), ...early]);

    const fair = world.nodes.filter(({ role }) => role === 'fair' || role === 'miner');
    const off = world.nodes.filter((node) => !fair.includes(node));
    const untold = off.filter((node) => !toldAtMs.has(node));
    const falselyTold = [...toldAtMs.keys()].filter((node) => Math.abs(offsets.get(node) ?? 0) <= FINE_MS);
    const heights = fair.map((node) => node.rooms().chain.head().header.number);
    const behind = fair.filter((node) => node.rooms().chain.head().header.number <= heightBefore);
    const failures: string[] = [];
    if (untold.length > 0)
      failures.push(
        `${untold.length} of ${off.length} nodes were not told that their clock is wrong: ${untold[0]?.role}`,
      );
    if (falselyTold.length > 0)
      failures.push(`${falselyTold.length} nodes were told that their clock is wrong, and it is fair`);
    if (behind.length > 0) failures.push(`${behind.length} nodes with fair clocks did not follow the chain`);
    const peersOf = (nodes: readonly SimNode[]): number[] =>
      nodes.map((node) => node.rooms().swarm.peers(node.nowMs()).length);
    return resultOf('clock-skew', options, world, failures, {
      wrong: off.length,
      told: off.length - untold.length,
      toldMedianMs: percentile(
        off.flatMap((node) => (toldAtMs.get(node) ?? startedMs) - startedMs),
        0.5,
      ),
      toldMostMs: percentile(
        off.flatMap((node) => (toldAtMs.get(node) ?? startedMs) - startedMs),
        1,
      ),
      toldThoughFair: [...toldAtMs.keys()].length - (off.length - untold.length),
      heightMost: Math.max(...heights),
      heightLeast: Math.min(...heights),
      peersOfFairMedian: percentile(peersOf(fair), 0.5),
      peersOfWrongMost: percentile(peersOf(off), 1),
    });
  },
};
