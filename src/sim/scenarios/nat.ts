import type { NatKind } from '../network/nat.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { arrive, BOOTNODES } from '../population/arrivals.js';
import { drawNats } from '../population/nat-mix.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import { connectedToFirst, dialedCounts, highestHead, peerCounts, peerCountsAmong } from '../survey/census.js';
import { mean, percentile } from '../survey/percentile.js';
import { surveyTold } from '../survey/told-survey.js';
import { createWorld } from '../world.js';

const START_EVERY_MS = 200;
const PARAMETERS = {
  hiddenShare: { default: 0.6, most: 0.95, summary: 'share of nodes that nobody can dial' },
  maxPeers: {
    ...{ default: 24, least: 3, most: 500 },
    summary: 'peers that a node takes; a third of them are its own choice',
  },
  miners: { default: 3, least: 1, most: 1_000, summary: 'miners, the first of the nodes behind the bootnodes' },
  hashrate: { default: 8_192, least: 1, most: 1e9, summary: 'hashes a second of each miner' },
  settleMs: { default: 180_000, most: 86_400_000, summary: 'virtual time from the last start until all are connected' },
  liveMs: { default: 1_200_000, most: 86_400_000, summary: 'virtual time that is looked at from then on' },
  depth: { default: 6, most: 1_000, summary: 'newest blocks in which nodes may differ' },
  leastPeers: { default: 2, most: 500, summary: 'peers that each must have' },
  mostHiddenTold: {
    ...{ default: 0.03, most: 1 },
    summary: 'share of nodes that answer no stranger among those that bootnodes tell of in the end',
  },
};
const SMALL = { miners: 1, settleMs: 60_000, liveMs: 60_000, leastPeers: 1, mostHiddenTold: 1 };

/** Most nodes are behind NAT or a firewall and can't be dialed: all are on one chain, and those that can are not used up. */
export const natScenario: Scenario = {
  name: 'nat',
  summary: '60 % of the nodes can not be dialed; the network is one, on one chain, and nobody starves',
  defaults: { nodes: 300, fidelity: 'scale' },
  parameters: PARAMETERS,
  // Bootnodes can be dialed.
  leastNodes: BOOTNODES + 1,
  small: {
    exact: { nodes: 16, settings: { ...SMALL, maxPeers: 18 } },
    scale: { nodes: 40, settings: SMALL },
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
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'log-normal', medianMs: 60, sigma: 0.5 }, datagramLoss: 0.005, jitter: 0.1 },
    });
    const nats = drawNats(seededRandom(`${options.seed}/nat`), options.nodes, BOOTNODES, hiddenShare);
    arrive(world, {
      nodes: options.nodes,
      gapMs: () => START_EVERY_MS,
      newcomer: (index) => ({
        nat: nats[index] ?? 'open',
        hashrate: index >= BOOTNODES && index < BOOTNODES + miners ? hashrate : 0,
        maxPeers,
        role: index < BOOTNODES ? 'bootnode' : nats[index] === 'open' ? 'reachable' : 'unreachable',
      }),
    });
    world.run(settleMs);
    world.moment('settled');
    world.run(liveMs / 2);
    const told = surveyTold(world, world.nodes.slice(0, BOOTNODES), liveMs / 2);

    const hidden = world.nodes.filter(({ nat }) => nat !== 'open');
    const open = world.nodes.filter(({ nat }) => nat === 'open');
    const connected = connectedToFirst(world.nodes);
    const wanted = Math.min(leastPeers, options.nodes - 1);
    const lonely = peerCounts(world.nodes).filter((count) => count < wanted).length;
    // A third of all slots is for dialing, and only 40 % of the nodes have slots for others: not everybody finds its own. Those that can be
    // dialed are used up if they no longer hold together without the rest.
    const openPeers = peerCountsAmong(open, open);
    const openConnected = connectedToFirst(open);
    const starved = openPeers.filter((count) => count < Math.min(leastPeers, open.length - 1)).length;
    const toldShare = (kinds: readonly NatKind[]): number =>
      told.filter(({ nat }) => kinds.includes(nat)).length / Math.max(1, told.length);
    // Through a full cone a node answers whoever asks: it is told of rightly, though it can't be dialed.
    const hiddenTold = toldShare(['address-restricted', 'symmetric', 'firewalled']);
    const failures = missed(
      [connected < options.nodes, `only ${connected} of ${options.nodes} nodes are connected`],
      [lonely > 0, `${lonely} nodes have fewer than ${wanted} peers`],
      [starved > 0, `${starved} reachable nodes have fewer than ${leastPeers} reachable peers`],
      [
        openConnected < open.length,
        `only ${openConnected} of ${open.length} reachable nodes are connected among themselves`,
      ],
      [told.length === 0, 'bootnodes told of nobody, so nothing was shown'],
      [
        hiddenTold > mostHiddenTold,
        `${(100 * hiddenTold).toFixed(0)} % of the nodes that bootnodes tell of do not answer strangers`,
      ],
    );
    const counters = world.nodes.map((node) => node.rooms().swarm.counters());
    return resultOf('nat', options, world, failures, {
      ...{
        unreachable: hidden.length,
        connected,
        openConnected,
        starved,
        hiddenTold,
        fullConeTold: toldShare(['full-cone']),
      },
      ...leastAndMedian('reachablePeers', peerCounts(open)),
      ...leastAndMedian('reachablePeersOfTheirs', openPeers),
      ...leastAndMedian('reachableDialed', dialedCounts(open)),
      ...leastAndMedian('unreachablePeers', peerCounts(hidden)),
      dialsMean: mean(counters.map(({ dials }) => dials)),
      dialsFailedShare: mean(counters.map(({ dials, dialFailures }) => dialFailures / Math.max(1, dials))),
      height: highestHead(world.nodes),
    });
  },
};

const leastAndMedian = (name: string, counts: readonly number[]): Record<string, number> => ({
  [`${name}Least`]: percentile(counts, 0),
  [`${name}Median`]: percentile(counts, 0.5),
});
