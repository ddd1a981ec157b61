import { DEFAULT_TX_POOL_CONFIG } from '../../txpool/pool.js';
import type { SimNode } from '../machines/sim-node.js';
import { honestNodes, type Invariant } from './invariant.js';

/** A quantity of a node with the most that it may be. Written down here once more: a limit that moved is to be noticed. */
interface Bound {
  readonly what: string;
  readonly most: (node: SimNode) => number;
  readonly now: (node: SimNode) => number;
}

const BOUNDS: readonly Bound[] = [
  {
    what: 'peers',
    most: (node) => node.maxPeers,
    now: (node) => {
      const { peersInbound, peersOutbound } = node.rooms().swarm.counters();
      return peersInbound + peersOutbound;
    },
  },
  { what: 'blocks in the import queue', most: () => 512, now: (node) => node.rooms().imports.size() },
  { what: 'orphans', most: () => 128, now: (node) => node.rooms().chain.orphanCount() },
  {
    what: 'slots of executable transactions',
    most: () => DEFAULT_TX_POOL_CONFIG.globalSlots,
    now: (node) => node.rooms().pool.stats().pendingSlots,
  },
  {
    what: 'slots of waiting transactions',
    most: () => DEFAULT_TX_POOL_CONFIG.globalQueue,
    now: (node) => node.rooms().pool.stats().queuedSlots,
  },
];

/** No queue of an honest node holds more than it may. */
export const bounds: Invariant = {
  name: 'bounds',
  summary: 'no peer list, queue or pool holds more than it may',
  begin: () => ({
    check({ world }) {
      for (const node of honestNodes(world)) {
        for (const { what, most, now } of BOUNDS) {
          const count = now(node);
          if (count > most(node)) return `${node.name} has ${count} ${what}, at most ${most(node)}`;
        }
      }
      return undefined;
    },
  }),
};
