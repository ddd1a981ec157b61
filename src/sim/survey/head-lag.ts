import type { SimNode } from '../machines/sim-node.js';
import type { World } from '../world.js';

/** How far nodes are behind, looked at now and then. */
export interface HeadLag {
  look(): void;
  /** The number of blocks behind the highest head that this share (0 to 1) of all looks at nodes do not exceed; 0 if there were none. */
  percentile(share: number): number;
}

/**
 * Follows the heads of the nodes that run. A node that has just started counts from when it was first a block behind at most, or after
 * `graceMs`, whatever it is by then.
 */
export function watchHeadLag(world: World, graceMs: number): HeadLag {
  /** How often a node was so many blocks behind. BOUNDED: by the length of the chain */
  const counts: (number | undefined)[] = [];
  /** The life of each node, since when it is looked at, and whether it counts yet. */
  const seen = new Map<SimNode, { readonly life: number; readonly sinceMs: number; counts: boolean }>(); // BOUNDED: by the nodes of the world
  return {
    percentile(share) {
      const wanted = share * counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      let sum = 0;
      const lag = counts.findIndex((count) => {
        sum += count ?? 0;
        return sum >= wanted && sum > 0;
      });
      return Math.max(0, lag);
    },
    look() {
      const running = world.nodes.filter((node) => node.running());
      const heads = running.map((node) => node.rooms().chain.head().header.number);
      const highest = Math.max(0, ...heads);
      for (const [i, node] of running.entries()) {
        let state = seen.get(node);
        if (state?.life !== node.lives()) {
          state = { life: node.lives(), sinceMs: world.nowMs(), counts: false };
          seen.set(node, state);
        }
        const lag = highest - (heads[i] ?? 0);
        state.counts ||= lag <= 1 || world.nowMs() - state.sinceMs >= graceMs;
        if (state.counts) counts[lag] = (counts[lag] ?? 0) + 1;
      }
    },
  };
}
