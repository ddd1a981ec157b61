import type { NodeEvent } from '../../node/output.js';
import type { SimNode } from '../machines/sim-node.js';
import type { ChannelTap } from '../machines/tapped-channel.js';
import type { World } from '../world.js';

/** A world between two events, as an invariant sees it. */
export interface Look {
  readonly world: World;
  /** Since the world began. */
  readonly atMs: number;
  /** When the scenario named which moment, in ms since the world began. */
  readonly moments: ReadonlyMap<string, number>;
}

/** An invariant on the watch in one world, with what it remembers of it. */
export interface Checker {
  onEvent?(node: string, event: NodeEvent, life: number): void;
  /** Looks on at a new connection of the node, if it wants to. */
  onChannel?(node: string): ChannelTap | undefined;
  /** What is wrong, in words; undefined if nothing is. */
  check(look: Look): string | undefined;
}

/** Something that must hold at every moment of a run. */
export interface Invariant {
  readonly name: string;
  /** What it asks, in one line. */
  readonly summary: string;
  /** Starts to watch a new world. */
  begin(): Checker;
}

/** The name of the role that no invariant holds for. */
export const ADVERSARY = 'adversary';

/** The nodes that run and are what they say they are. */
export function honestNodes(world: World): SimNode[] {
  return world.nodes.filter((node) => node.running() && node.role !== ADVERSARY);
}
