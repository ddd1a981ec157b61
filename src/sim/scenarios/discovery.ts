import { HOSTS_OF_24, type Whereabouts } from '../network/addresses.js';
import { settingsOf } from '../parameters.js';
import { arrive, BOOTNODES } from '../population/arrivals.js';
import { missed, resultOf, type Scenario, worldOptions } from '../scenario.js';
import { simGenesis } from '../sim-genesis.js';
import { connectedToFirst, peerCounts } from '../survey/census.js';
import { percentile } from '../survey/percentile.js';
import { createWorld } from '../world.js';

/** Virtual time between two starts, so that a crowd does not arrive in one millisecond. */
const START_EVERY_MS = 50;
const NEARS_OF_WIDE = 256;
const PARAMETERS = {
  maxPeers: {
    ...{ default: 18, least: 1, most: 500 },
    summary: 'peers that a node takes; fewer than usual, to be found and not filled',
  },
  leastPeers: { default: 5, most: 500, summary: 'peers that each node must have, or all others where there are fewer' },
  loss: { default: 0.01, most: 0.9, summary: 'share of datagrams that get lost' },
  crowded: {
    default: 0.1,
    most: 0.8,
    summary: 'share of nodes in one /24, of which tables take 10 at most; more than 254 fill several',
  },
  settleMs: { default: 90_000, most: 86_400_000, summary: 'virtual time from the last start to the count' },
};

/** Where the crowded node of this number is: the first 254 in one /24, the next in the next one. */
export function crowdedPlace(number: number): Whereabouts {
  const near = Math.floor(number / HOSTS_OF_24);
  return { family: 'ipv4', asn: 1, wide: Math.floor(near / NEARS_OF_WIDE), near };
}

/** Hundreds of nodes start from three bootnodes, and each has to find peers until the network is one. */
export const discoveryScenario: Scenario = {
  name: 'discovery',
  summary: 'nodes start from 3 bootnodes; all find peers, and the network is connected',
  defaults: { nodes: 300, fidelity: 'scale' },
  small: { exact: { nodes: 8 }, scale: { nodes: 100 } },
  parameters: PARAMETERS,
  longestMs: (nodes, settings) => nodes * START_EVERY_MS + settingsOf(PARAMETERS, settings).settleMs,
  run(options) {
    const { nodes } = options;
    const { maxPeers, leastPeers, loss, crowded, settleMs } = settingsOf(PARAMETERS, options.settings);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: loss },
    });
    const crowdFrom = nodes - Math.floor(crowded * nodes);
    arrive(world, {
      nodes,
      gapMs: () => START_EVERY_MS,
      newcomer: (index) => ({
        maxPeers,
        role: index < BOOTNODES ? 'bootnode' : 'node',
        address: index >= crowdFrom ? world.addresses.at(crowdedPlace(index - crowdFrom)) : world.addresses.anywhere(),
      }),
    });
    world.moment('all started');
    world.run(settleMs);

    const peers = peerCounts(world.nodes);
    const wanted = Math.min(leastPeers, nodes - 1);
    const lonely = peers.filter((count) => count < wanted).length;
    const connected = connectedToFirst(world.nodes);
    const failures = missed(
      [lonely > 0, `${lonely} nodes have fewer than ${wanted} peers`],
      [connected < nodes, `only ${connected} of ${nodes} nodes are connected`],
    );
    return resultOf('discovery', options, world, failures, {
      connected,
      leastPeers: percentile(peers, 0),
      medianPeers: percentile(peers, 0.5),
      mostPeers: percentile(peers, 1),
    });
  },
};
