import { MIN_DIFFICULTY } from '../../consensus/difficulty.js';
import type { Random } from '../../ports/random.js';
import type { LinkConfig } from '../network/links.js';
import { type ScenarioOptions, worldOptions } from '../scenario.js';
import { simGenesis } from '../sim-genesis.js';
import { createWorkload, type Workload } from '../workload/workload.js';
import { createWorld, type World } from '../world.js';
import { populate } from './populate.js';

/** A network that mines and pays. */
export interface NetworkAtWork {
  readonly world: World;
  readonly workload: Workload;
  readonly miners: number;
  /** Users pay from now on, until the workload ends. */
  beginToPay(): void;
}

/** What sets one such network apart. */
export interface WorkPlan {
  readonly links: LinkConfig;
  readonly accounts: number;
  /** Wallets offer again what was not mined for so long; never unless told otherwise. */
  readonly resendMs?: number;
  /** What all miners find together while they are there: a block in so long, on average. */
  readonly blockMs: number;
  readonly joinMs: number;
  readonly perSecond: number;
  readonly maxPeers: number;
}

/**
 * What users of such scenarios may choose. Each payment crosses every connection about once, most of them as a hash: rate and
 * peers are what 1,000 nodes and an hour are affordable with.
 */
export const WORK_PARAMETERS = {
  blockMs: { default: 13_000, least: 1_000, most: 600_000, summary: 'mean time between blocks while all miners work' },
  joinMs: { default: 120_000, most: 3_600_000, summary: 'virtual time in which nodes find each other before they pay' },
  mineMs: { default: 600_000, most: 86_400_000, summary: 'virtual time within which all transactions must be mined' },
  perSecond: { default: 0.1, most: 1_000, summary: 'payments a second' },
  maxPeers: { default: 25, least: 3, most: 500, summary: 'peers that a node takes' },
};

/** A denser network and more payments, for sizes at which they cost little. */
export const DENSE_WORK = { perSecond: 0.5, maxPeers: 50 } as const;

/** Mean time between two arrivals. */
export const ARRIVAL_GAP_MS = 100;
/** One node in 25 mines, and five do at least, so that a network cut in two mines on both sides. */
const NODES_PER_MINER = 25;
const LEAST_MINERS = 5;
/** Ethereum's: with the step of EIP-100 a block took some 13 s. */
const DIFFICULTY_STEP = 9;

/** A network of `options.nodes` nodes that had time to join, and does not pay yet. All its luck is of `random`. */
export function networkAtWork(options: ScenarioOptions, plan: WorkPlan, random: Random): NetworkAtWork {
  const { links, blockMs, joinMs, maxPeers, ...workloadPlan } = plan;
  const { nodes, fidelity } = options;
  const workload = createWorkload({ ...workloadPlan, fidelity }, random.fork('workload'));
  const genesis = simGenesis(workload.addresses, DIFFICULTY_STEP);
  const world = createWorld({ ...worldOptions(options), genesis, links });
  const miners = Math.min(nodes, Math.max(LEAST_MINERS, Math.floor(nodes / NODES_PER_MINER)));
  const hashrate = Number(MIN_DIFFICULTY) / (blockMs / 1000);
  const population = { nodes, miners, hashrate, gapMs: ARRIVAL_GAP_MS, more: { maxPeers } };
  populate(world, population, random.fork('arrivals'));
  world.run(joinMs);
  return { world, workload, miners, beginToPay: () => workload.begin(world, genesis.spec) };
}
