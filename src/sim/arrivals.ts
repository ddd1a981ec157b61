import type { Random } from '../ports/random.js';
import { seededRandom } from './seeded-random.js';
import type { SimNode } from './sim-node.js';
import type { World } from './world.js';

const BOOTNODES = 3;
/** Within this virtual time all arrive, at random moments; fewer nodes take less, at {@link MAX_ARRIVALS_PER_S}. */
const ARRIVALS_MS = 120_000;
const MAX_ARRIVALS_PER_S = 20;
/** The last to arrive has refreshed its table by then. */
const SETTLE_MS = 30_000;

/** The most virtual time that {@link letArrive} is expected to take. */
export const LONGEST_ARRIVAL_MS = 2 * ARRIVALS_MS + SETTLE_MS;

/** Starts `nodes` nodes that know three bootnodes, one after the other, and gives the last one time to settle. */
export function letArrive(world: World, nodes: number, maxPeers: number, seed: string): void {
  const random = seededRandom(`${seed}/arrivals`);
  const meanGapMs = Math.min(ARRIVALS_MS / nodes, 1_000 / MAX_ARRIVALS_PER_S);
  const bootnodes: SimNode[] = [];
  for (let i = 0; i < nodes; i++) {
    const node = world.addNode({ bootnodes: [...bootnodes], hashrate: 0, maxPeers });
    if (i < BOOTNODES) bootnodes.push(node);
    node.start();
    world.run(-Math.log(1 - random.float()) * meanGapMs);
  }
  world.run(SETTLE_MS);
}

/** At most `count` of the nodes, without repetition, in random order. */
export function sampleOf(nodes: readonly SimNode[], count: number, random: Random): SimNode[] {
  const rest = [...nodes];
  return Array.from({ length: Math.min(count, nodes.length) }, () => rest.splice(random.below(rest.length), 1)).flat();
}
