import type { SimNode } from '../machines/sim-node.js';
import type { World } from '../world.js';
import { dialedCounts } from './census.js';

/** When each of some nodes had all slots of its own choice in use for the first time. */
export interface SlotWatch {
  /** Watches this node, which starts now. */
  add(node: SimNode): void;
  look(): void;
  /** Times from start to full, in ms, of those that made it. */
  readonly tookMs: number[];
  /** Nodes that have not made it yet. */
  missing(): number;
}

/** Watches over nodes that have `quota` such slots. */
export function watchSlots(world: World, quota: number): SlotWatch {
  const startedMs = new Map<SimNode, number>(); // BOUNDED: by the nodes of the world
  const tookMs: number[] = [];
  return {
    tookMs,
    missing: () => startedMs.size,
    add: (node) => startedMs.set(node, world.nowMs()),
    look() {
      for (const [node, sinceMs] of startedMs) {
        const [used = 0] = dialedCounts([node]);
        if (used < quota) continue;
        startedMs.delete(node);
        tookMs.push(world.nowMs() - sinceMs);
      }
    },
  };
}
