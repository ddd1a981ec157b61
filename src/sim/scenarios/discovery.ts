import { settingsOf } from '../parameters.js';
import { resultOf, type Scenario, worldOptions } from '../scenario.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
/** Virtual time between two starts, so that a crowd does not arrive in one millisecond. */
const START_EVERY_MS = 50;
const CROWDED_PLACE = { family: 'ipv4', asn: 1, wide: 0, near: 0 } as const;
const PARAMETERS = {
  maxPeers: {
    default: 18,
    least: 1,
    most: 500,
    summary: 'peers that a node takes; fewer than usual, to be found and not filled',
  },
  leastPeers: { default: 5, most: 500, summary: 'peers that each node must have, or all others where there are fewer' },
  loss: { default: 0.01, most: 0.9, summary: 'share of datagrams that get lost' },
  crowded: { default: 0.1, most: 0.8, summary: 'share of nodes in one /24, of which tables take 10 at most' },
  settleMs: { default: 90_000, most: 86_400_000, summary: 'virtual time from the last start to the count' },
};

function start(world: World, nodes: number, maxPeers: number, crowded: number): void {
  const bootnodes: SimNode[] = [];
  const crowd = Math.floor(crowded * nodes);
  for (let i = 0; i < nodes; i++) {
    const node = world.addNode({
      bootnodes: [...bootnodes],
      hashrate: 0,
      maxPeers,
      role: i < BOOTNODES ? 'bootnode' : 'node',
      address: i >= nodes - crowd ? world.addresses.at(CROWDED_PLACE) : world.addresses.anywhere(),
    });
    if (i < BOOTNODES) bootnodes.push(node);
    node.start();
    world.run(START_EVERY_MS);
  }
}

/** Nodes that can be reached over connections from the first one. */
function reachable(world: World): number {
  const byId = new Map(world.nodes.map((node) => [node.identity.nodeId, node]));
  const seen = new Set<SimNode>();
  const queue = world.nodes.slice(0, 1);
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const peer of node.rooms().swarm.peers(world.nowMs())) {
      const next = byId.get(peer.id);
      if (next !== undefined && !seen.has(next)) queue.push(next);
    }
  }
  return seen.size;
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
    const { maxPeers, leastPeers, loss, crowded, settleMs } = settingsOf(PARAMETERS, options.settings);
    const world = createWorld({
      ...worldOptions(options),
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: loss },
    });
    start(world, options.nodes, maxPeers, crowded);
    world.moment('all started');
    world.run(settleMs);

    const counts = world.nodes.map((node) => node.rooms().swarm.peers(world.nowMs()).length).sort((a, b) => a - b);
    const wanted = Math.min(leastPeers, options.nodes - 1);
    const connected = reachable(world);
    const failures: string[] = [];
    const lonely = counts.filter((count) => count < wanted).length;
    if (lonely > 0) failures.push(`${lonely} nodes have fewer than ${wanted} peers`);
    if (connected < options.nodes) failures.push(`only ${connected} of ${options.nodes} nodes are connected`);
    return resultOf('discovery', options, world, failures, {
      connected,
      leastPeers: counts[0] ?? 0,
      medianPeers: counts[Math.floor(counts.length / 2)] ?? 0,
      mostPeers: counts.at(-1) ?? 0,
    });
  },
};
