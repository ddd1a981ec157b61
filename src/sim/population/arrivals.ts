import { exponential } from '../distributions.js';
import type { SimNode } from '../machines/sim-node.js';
import { seededRandom } from '../seeded-random.js';
import type { PopulateOptions, World } from '../world.js';

/** So many nodes that all others know when they start. */
export const BOOTNODES = 3;
/** Within this virtual time thousands arrive, at random moments; fewer nodes take less, at {@link MAX_ARRIVALS_PER_S}. */
const ARRIVALS_MS = 60_000;
const MAX_ARRIVALS_PER_S = 20;
/** The last to arrive has refreshed its table by then. */
const SETTLE_MS = 15_000;

/** How nodes come to a world. */
export interface Arrivals {
  readonly nodes: number;
  /** The first so many are the bootnodes of all that follow; {@link BOOTNODES} unless told otherwise. */
  readonly bootnodes?: number;
  /** The time from the start of a node to that of the next. */
  readonly gapMs: () => number;
  /** What sets a node apart; it does not mine unless this says so. */
  readonly newcomer?: (index: number) => Omit<Partial<PopulateOptions>, 'bootnodes'>;
}

/** Adds nodes and starts them, one after the other. */
export function arrive(world: World, { nodes, bootnodes = BOOTNODES, gapMs, newcomer }: Arrivals): void {
  const first: SimNode[] = [];
  for (let i = 0; i < nodes; i++) {
    const node = world.addNode({ hashrate: 0, ...newcomer?.(i), bootnodes: [...first] });
    if (i < bootnodes) first.push(node);
    node.start();
    world.run(gapMs());
  }
}

/** The most virtual time that {@link letThousandsArrive} is expected to take. */
export const LONGEST_ARRIVAL_MS = 2 * ARRIVALS_MS + SETTLE_MS;

/** Lets `nodes` nodes arrive within a minute, and gives the last one time to settle. */
export function letThousandsArrive(world: World, nodes: number, maxPeers: number, seed: string): void {
  const random = seededRandom(`${seed}/arrivals`);
  const meanGapMs = Math.min(ARRIVALS_MS / nodes, 1_000 / MAX_ARRIVALS_PER_S);
  arrive(world, { nodes, gapMs: () => exponential(random, meanGapMs), newcomer: () => ({ maxPeers }) });
  world.run(SETTLE_MS);
}
