import type { PublicKey } from '../../base/brand.js';
import { slotQuota } from '../../net/peers/slots.js';
import type { Random } from '../../ports/random.js';
import { type ProbeTally, prober } from '../adversary/prober.js';
import { pick } from '../distributions.js';
import type { NatKind } from '../nat.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { mean, percentile } from '../percentile.js';
import { resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
const START_EVERY_MS = 200;
const PROBE_MS = 2_000;
/** Of ten unreachable nodes: so many behind each kind of device, about as home routers are. */
const HIDDEN: readonly Exclude<NatKind, 'open'>[] = [
  ...(['full-cone', 'full-cone'] as const),
  ...(['address-restricted', 'address-restricted', 'address-restricted', 'address-restricted'] as const),
  ...(['symmetric', 'symmetric'] as const),
  ...(['firewalled', 'firewalled'] as const),
];
const PARAMETERS = {
  hiddenShare: { default: 0.6, most: 0.95, summary: 'share of nodes that nobody can dial' },
  maxPeers: {
    default: 24,
    least: 3,
    most: 500,
    summary: 'peers that a node takes; a third of them are its own choice',
  },
  miners: { default: 3, least: 1, most: 1_000, summary: 'miners, the first of the nodes behind the bootnodes' },
  hashrate: { default: 8_192, least: 1, most: 1e9, summary: 'hashes a second of each miner' },
  settleMs: {
    default: 180_000,
    most: 86_400_000,
    summary: 'virtual time from the last start until all must be connected',
  },
  liveMs: { default: 1_200_000, most: 86_400_000, summary: 'virtual time that is looked at from then on' },
  depth: { default: 6, most: 1_000, summary: 'newest blocks in which nodes may differ' },
  leastPeers: { default: 2, most: 500, summary: 'peers that each must have' },
  mostHiddenTold: {
    default: 0.1,
    most: 1,
    summary: 'share of nodes that answer no stranger among those that bootnodes tell of in the end',
  },
};

const isHidden = ({ nat }: SimNode): boolean => nat !== 'open';
const dialed = (nodes: readonly SimNode[]): number[] => nodes.map((node) => node.rooms().swarm.counters().dialedSlots);
const peers = (nodes: readonly SimNode[]): number[] =>
  nodes.map((node) => {
    const { peersInbound, peersOutbound } = node.rooms().swarm.counters();
    return peersInbound + peersOutbound;
  });

/** The given share of all nodes, drawn from those behind the bootnodes. */
function drawPlaces(random: Random, nodes: number, share: number): Set<number> {
  const places = Array.from({ length: Math.max(0, nodes - BOOTNODES) }, (_, i) => BOOTNODES + i);
  const count = Math.min(places.length, Math.round(nodes * share));
  return new Set(Array.from({ length: count }, () => places.splice(random.below(places.length), 1)).flat());
}

/** How many of its peers can be dialed. */
function openPeers(node: SimNode, open: ReadonlySet<string>): number {
  return node
    .rooms()
    .swarm.peers(node.nowMs())
    .filter(({ id }) => open.has(id)).length;
}

/** Nodes that can be reached over connections from the first one. */
function joined(world: World): number {
  const byId = new Map(world.nodes.map((node) => [node.identity.nodeId, node]));
  const seen = new Set(world.nodes.slice(0, 1));
  for (const node of seen) {
    for (const { id } of node.rooms().swarm.peers(node.nowMs())) {
      const next = byId.get(id);
      if (next !== undefined) seen.add(next);
    }
  }
  return seen.size;
}

/** Most nodes are behind NAT or a firewall and can't be dialed: all are on one chain, and those that can are not used up. */
export const natScenario: Scenario = {
  name: 'nat',
  summary: '60 % of the nodes can not be dialed; the network is one, on one chain, and nobody starves',
  defaults: { nodes: 300, fidelity: 'scale' },
  parameters: PARAMETERS,
  small: {
    exact: {
      nodes: 16,
      settings: { maxPeers: 18, miners: 1, settleMs: 60_000, liveMs: 60_000, leastPeers: 1, mostHiddenTold: 1 },
    },
    scale: { nodes: 40, settings: { miners: 1, settleMs: 60_000, liveMs: 60_000, leastPeers: 1, mostHiddenTold: 1 } },
  },
  invariants: (settings) => {
    const { depth } = settingsOf(PARAMETERS, settings);
    return [oneChain({ from: 'settled', depth })];
  },
  longestMs: (nodes, settings) => {
    const { settleMs, liveMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + settleMs + liveMs;
  },
  run(options) {
    const settings = settingsOf(PARAMETERS, options.settings);
    const { hiddenShare, maxPeers, miners, hashrate, settleMs, liveMs, leastPeers, mostHiddenTold } = settings;
    const random = seededRandom(`${options.seed}/nat`);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'log-normal', medianMs: 60, sigma: 0.5 }, datagramLoss: 0.005, jitter: 0.1 },
    });
    const hiddenPlaces = drawPlaces(random, options.nodes, hiddenShare);
    const bootnodes: SimNode[] = [];
    for (let i = 0; i < options.nodes; i++) {
      const hidden = hiddenPlaces.has(i);
      const nat = hidden ? pick(random, HIDDEN) : undefined;
      const mines = i >= BOOTNODES && i < BOOTNODES + miners;
      const node = world.addNode({
        ...{ bootnodes: [...bootnodes], hashrate: mines ? hashrate : 0, maxPeers },
        ...(nat === undefined ? {} : { nat }),
        role: i < BOOTNODES ? 'bootnode' : hidden ? 'unreachable' : 'reachable',
      });
      if (i < BOOTNODES) bootnodes.push(node);
      node.start();
      world.run(START_EVERY_MS);
    }
    world.run(settleMs);
    world.moment('settled');

    const natOf = new Map<PublicKey, NatKind>(world.nodes.map(({ identity, nat }) => [identity.publicKey, nat]));
    const told: Record<NatKind, number> = {
      open: 0,
      'full-cone': 0,
      'address-restricted': 0,
      symmetric: 0,
      firewalled: 0,
    };
    world.run(liveMs / 2);
    for (const { address } of bootnodes) {
      const tally: ProbeTally = { asked: 0, answered: 0, tookMs: [] };
      const onTold = (key: PublicKey): void => {
        const nat = natOf.get(key);
        if (nat !== undefined) told[nat]++;
      };
      world.addOutsider(prober(address, PROBE_MS, tally, onTold)).start();
    }
    world.run(liveMs / 2);

    const hidden = world.nodes.filter(isHidden);
    const open = world.nodes.filter((node) => !isHidden(node));
    const quota = slotQuota(maxPeers).dialed;
    const wanted = Math.min(leastPeers, options.nodes - 1);
    const lonely = peers(world.nodes).filter((count) => count < wanted).length;
    // They are used up if those that can't be dialed take the slots that they need for each other.
    const openIds = new Set<string>(open.map(({ identity }) => identity.nodeId));
    const openPeerCounts = open.map((node) => openPeers(node, openIds));
    const starved = openPeerCounts.filter((count) => count < Math.min(quota, open.length - 1) / 2).length;
    const connected = joined(world);
    const allTold = Object.values(told).reduce((sum, count) => sum + count, 0);
    const toldShare = (kinds: readonly NatKind[]): number =>
      kinds.reduce((sum, kind) => sum + told[kind], 0) / Math.max(1, allTold);
    // Through a full cone a node answers whoever asks: it is told of rightly, though it can't be dialed.
    const hiddenTold = toldShare(['address-restricted', 'symmetric', 'firewalled']);
    const failures: string[] = [];
    if (connected < options.nodes) failures.push(`only ${connected} of ${options.nodes} nodes are connected`);
    if (lonely > 0) failures.push(`${lonely} nodes have fewer than ${wanted} peers`);
    if (starved > 0)
      failures.push(`${starved} reachable nodes have fewer reachable peers than half of their dialed slots`);
    if (hiddenTold > mostHiddenTold)
      failures.push(`${(100 * hiddenTold).toFixed(0)} % of the nodes that bootnodes tell of do not answer strangers`);
    const dials = world.nodes.map((node) => node.rooms().swarm.counters());
    return resultOf('nat', options, world, failures, {
      ...{ unreachable: hidden.length, connected, starved, hiddenTold, fullConeTold: toldShare(['full-cone']) },
      reachablePeersLeast: percentile(peers(open), 0),
      reachablePeersMedian: percentile(peers(open), 0.5),
      reachablePeersOfTheirsLeast: percentile(openPeerCounts, 0),
      reachablePeersOfTheirsMedian: percentile(openPeerCounts, 0.5),
      reachableDialedLeast: percentile(dialed(open), 0),
      reachableDialedMedian: percentile(dialed(open), 0.5),
      unreachablePeersLeast: percentile(peers(hidden), 0),
      unreachablePeersMedian: percentile(peers(hidden), 0.5),
      dialsMean: mean(dials.map((counters) => counters.dials)),
      dialsFailedShare: mean(dials.map((counters) => counters.dialFailures / Math.max(1, counters.dials))),
      height: Math.max(...world.nodes.map((node) => node.rooms().chain.head().header.number)),
    });
  },
};
