import type { Hash32 } from '../../base/brand.js';
import { invariant } from '../../base/invariant.js';
import { MIN_DIFFICULTY } from '../../consensus/difficulty.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { populate } from '../populate.js';
import { resultOf, type Scenario, type ScenarioResult, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { commonHeight, notMined } from '../workload/mined.js';
import { createWorkload } from '../workload/workload.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
/** One node in 25 mines, and five do at least: three on one side, two on the other. */
const NODES_PER_MINER = 25;
const LEAST_MINERS = 5;
/** Of each five nodes these are on the larger side. */
const LARGER_OF_FIVE = 3;
const ARRIVAL_GAP_MS = 100;
const ACCOUNTS_PER_NODE = 2;
/** Ethereum's: with the step of EIP-100 a block took some 13 s. */
const DIFFICULTY_STEP = 9;
const LOOK_MS = 250;
/** So long we wait for one chain after the bar was missed, to tell how late it came. */
const LATE_MS = 600_000;
const PARAMETERS = {
  blockMs: {
    default: 13_000,
    least: 1_000,
    most: 600_000,
    summary: 'mean time between blocks while the network is whole',
  },
  joinMs: {
    default: 120_000,
    most: 3_600_000,
    summary: 'virtual time in which nodes find each other before anybody pays',
  },
  wholeMs: { default: 120_000, most: 86_400_000, summary: 'virtual time of payments before the split' },
  splitMs: { default: 1_800_000, most: 86_400_000, summary: 'virtual time that the two sides are apart' },
  healBlocks: { default: 2, least: 1, most: 1_000, summary: 'block times within which one chain must come out' },
  mineMs: { default: 600_000, most: 86_400_000, summary: 'virtual time within which all transactions must be mined' },
  afterMs: { default: 60_000, most: 86_400_000, summary: 'virtual time that the network goes on in the end' },
  perSecond: { default: 0.5, most: 1_000, summary: 'payments a second' },
  maxPeers: { default: 50, least: 3, most: 500, summary: 'peers that a node takes' },
};

const SMALL = { blockMs: 5_000, joinMs: 30_000, wholeMs: 30_000, splitMs: 240_000, healBlocks: 8 };

const headNumber = (node: SimNode): number => node.rooms().chain.head().header.number;

/** All nodes are on one chain but for the newest block, which may be on its way. */
function isOneChain(nodes: readonly SimNode[]): boolean {
  const highest = Math.max(...nodes.map(headNumber));
  return (commonHeight(nodes, 1) ?? -1) >= highest - 1;
}

/** Runs until `done` holds, which is looked at four times a second; the virtual time it took, or undefined if it never did. */
function runUntil(world: World, ms: number, done: () => boolean): number | undefined {
  const fromMs = world.nowMs();
  while (!done()) {
    if (world.nowMs() - fromMs >= ms) return undefined;
    world.run(LOOK_MS);
  }
  return world.nowMs() - fromMs;
}

function connectionsAcross(left: readonly SimNode[], right: readonly SimNode[], nowMs: number): number {
  const others = new Set(right.map((node) => node.identity.nodeId));
  const peersOf = (node: SimNode) => node.rooms().swarm.peers(nowMs);
  return left.reduce((sum, node) => sum + peersOf(node).filter(({ id }) => others.has(id)).length, 0);
}

/** Of the nodes in the discovery tables of one side, the share that is of the other. */
function tableShareAcross(side: readonly SimNode[], other: readonly SimNode[]): number {
  const others = new Set<string>(other.map((node) => node.identity.nodeId));
  const known = side.flatMap((node) => node.rooms().swarm.discoveryTable());
  return known.filter(({ nodeId }) => others.has(nodeId)).length / Math.max(1, known.length);
}

/** Transactions that are on one of two chains and not on the other. */
function minedOnlyOn(one: SimNode, other: SimNode, hashes: readonly Hash32[]): Hash32[] {
  const missing = new Set(notMined(one, hashes));
  return notMined(other, hashes).filter((hash) => !missing.has(hash));
}

/** A network at work is cut in two for half an hour and joined: one chain must come out within two block times. */
export const partitionScenario: Scenario = {
  name: 'partition',
  summary:
    'a network mines and transacts, is split 60/40 for half an hour and joined; one chain within two block times',
  defaults: { nodes: 500, fidelity: 'scale' },
  small: { exact: { nodes: 10, settings: SMALL }, scale: { nodes: 30, settings: SMALL } },
  parameters: PARAMETERS,
  invariants: (settings) => {
    const { healBlocks, blockMs } = settingsOf(PARAMETERS, settings);
    const depth = 4;
    return [
      oneChain({ from: 'joined', until: 'split', depth }),
      oneChain({ from: 'healed', afterMs: healBlocks * blockMs + LATE_MS, depth }),
    ];
  },
  longestMs: (nodes, settings) => {
    const { blockMs, joinMs, wholeMs, splitMs, healBlocks, mineMs, afterMs } = settingsOf(PARAMETERS, settings);
    return nodes * ARRIVAL_GAP_MS + joinMs + wholeMs + splitMs + healBlocks * blockMs + LATE_MS + mineMs + afterMs;
  },
  run(options): ScenarioResult {
    const settings = settingsOf(PARAMETERS, options.settings);
    const random = seededRandom(`${options.seed}/partition`);
    const workload = createWorkload(
      { accounts: ACCOUNTS_PER_NODE * options.nodes, perSecond: settings.perSecond, fidelity: options.fidelity },
      random.fork('workload'),
    );
    const genesis = simGenesis(workload.addresses, DIFFICULTY_STEP);
    const world = createWorld({
      ...worldOptions(options),
      genesis,
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0.01 },
    });
    const miners = Math.min(options.nodes, Math.max(LEAST_MINERS, Math.floor(options.nodes / NODES_PER_MINER)));
    const hashrate = Number(MIN_DIFFICULTY) / (settings.blockMs / 1000);
    populate(
      world,
      {
        ...{ nodes: options.nodes, bootnodes: BOOTNODES, miners, hashrate, gapMs: ARRIVAL_GAP_MS },
        more: { maxPeers: settings.maxPeers },
      },
      random.fork('arrivals'),
    );
    world.run(settings.joinMs);
    world.moment('joined');
    workload.begin(world, genesis.spec);
    world.run(settings.wholeMs);

    const larger = world.nodes.filter((_, i) => i % 5 < LARGER_OF_FIVE);
    const smaller = world.nodes.filter((_, i) => i % 5 >= LARGER_OF_FIVE);
    const [one] = larger;
    const [other] = smaller;
    invariant(one !== undefined && other !== undefined, 'there must be two sides');
    const splitHeight = headNumber(one);
    const tableAtSplit = tableShareAcross(larger, smaller);
    world.partition([larger, smaller]);
    world.moment('split');
    world.run(settings.splitMs);
    const forked = one.rooms().chain.head().hash !== other.rooms().chain.head().hash;
    const [largerHeight, smallerHeight] = [headNumber(one), headNumber(other)];
    const onlyLarger = minedOnlyOn(one, other, workload.accepted());
    const onlySmaller = minedOnlyOn(other, one, workload.accepted());
    const tableAtHeal = tableShareAcross(larger, smaller);
    const before = one.rooms().chain.head().hash;

    world.heal();
    world.moment('healed');
    const barMs = settings.healBlocks * settings.blockMs;
    const healMs = runUntil(world, barMs + LATE_MS, () => isOneChain(world.nodes));
    world.moment('one chain');
    const across = connectionsAcross(larger, smaller, world.nowMs());
    workload.end();
    const minedMs = runUntil(world, settings.mineMs, () => {
      const height = commonHeight(world.nodes, 2);
      return height !== undefined && notMined(one, workload.accepted(), height).length === 0;
    });
    world.run(settings.afterMs);
    const largerWon = isCanonical(one, before);

    const failures: string[] = [];
    if (!forked) failures.push('the sides did not fork, so nothing was shown');
    if (healMs === undefined) failures.push(`no common chain within ${(barMs + LATE_MS) / 1000} s of the heal`);
    else if (healMs > barMs)
      failures.push(`one chain came ${healMs / 1000} s after the heal, not within ${barMs / 1000} s`);
    if (minedMs === undefined) {
      const left = notMined(one, workload.accepted()).length;
      failures.push(`${left} transactions are not mined ${settings.mineMs / 1000} s later`);
    }
    const bans = world.nodes.reduce((sum, node) => sum + node.rooms().swarm.bans(world.nowMs()).length, 0);
    if (bans > 0) failures.push(`${bans} honest nodes were banned`);
    return resultOf('partition', options, world, failures, {
      miners,
      transactions: workload.accepted().length,
      refused: workload.refused(),
      splitHeight,
      largerHeightAtHeal: largerHeight,
      smallerHeightAtHeal: smallerHeight,
      finalHeight: headNumber(one),
      droppedTransactions: (largerWon ? onlySmaller : onlyLarger).length,
      healMs: healMs ?? Number.POSITIVE_INFINITY,
      minedMs: minedMs ?? Number.POSITIVE_INFINITY,
      connectionsAcross: across,
      tableShareAtSplit: tableAtSplit,
      tableShareAtHeal: tableAtHeal,
      tableShareAtEnd: tableShareAcross(larger, smaller),
    });
  },
};

function isCanonical(node: SimNode, hash: Hash32): boolean {
  const { chain } = node.rooms();
  const number = chain.blockByHash(hash)?.header.number;
  return number !== undefined && chain.canonicalHash(number) === hash;
}
