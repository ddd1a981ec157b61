import type { Scenario } from '../scenario.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld, type World } from '../world.js';

const BOOTNODES = 3;
/** Virtual time between two starts, so that a crowd does not arrive in one millisecond. */
const START_EVERY_MS = 50;
const SETTLE_MS = 90_000;
/** Fewer than the default: the network has to be found, not filled. */
const MAX_PEERS = 18;
/** Each node must have found this many peers, or all others where there are fewer. */
const LEAST_PEERS = 5;

function start(world: World, nodes: number): void {
  const bootnodes: SimNode[] = [];
  for (let i = 0; i < nodes; i++) {
    const node = world.addNode({ bootnodes: [...bootnodes], hashrate: 0, maxPeers: MAX_PEERS });
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
  run(options) {
    const world = createWorld({
      seed: options.seed,
      fidelity: options.fidelity,
      genesis: simGenesis([], 2),
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 150 }, datagramLoss: 0.01 },
      ...(options.log === undefined ? {} : { log: options.log }),
    });
    start(world, options.nodes);
    world.run(SETTLE_MS);

    const counts = world.nodes.map((node) => node.rooms().swarm.peers(world.nowMs()).length).sort((a, b) => a - b);
    const wanted = Math.min(LEAST_PEERS, options.nodes - 1);
    const connected = reachable(world);
    const failures: string[] = [];
    const lonely = counts.filter((count) => count < wanted).length;
    if (lonely > 0) failures.push(`${lonely} nodes have fewer than ${wanted} peers`);
    if (connected < options.nodes) failures.push(`only ${connected} of ${options.nodes} nodes are connected`);
    return {
      name: 'discovery',
      seed: options.seed,
      nodes: options.nodes,
      fidelity: options.fidelity,
      pass: failures.length === 0,
      failures,
      metrics: {
        connected,
        leastPeers: counts[0] ?? 0,
        medianPeers: counts[Math.floor(counts.length / 2)] ?? 0,
        mostPeers: counts.at(-1) ?? 0,
      },
      events: world.events(),
      virtualMs: world.elapsedMs(),
      nodeSeconds: world.nodeSeconds(),
      digest: world.digest(),
    };
  },
};
