import type { SimNode } from '../machines/sim-node.js';

/** The number of the node's head. */
export const headNumber = (node: SimNode): number => node.rooms().chain.head().header.number;

/** The number of the highest head; 0 if there are no nodes. */
export const highestHead = (nodes: readonly SimNode[]): number => Math.max(0, ...nodes.map(headNumber));

/** True if all nodes have the same head. */
export const sameHead = (nodes: readonly SimNode[]): boolean =>
  new Set(nodes.map((node) => node.rooms().chain.head().hash)).size <= 1;

/** How many peers each of the nodes has. */
export const peerCounts = (nodes: readonly SimNode[]): number[] =>
  nodes.map((node) => node.rooms().swarm.peers(node.nowMs()).length);

/** How many of `others` each of the nodes has as peers. */
export function peerCountsAmong(nodes: readonly SimNode[], others: readonly SimNode[]): number[] {
  const ids = new Set<string>(others.map(({ identity }) => identity.nodeId));
  return nodes.map(
    (node) =>
      node
        .rooms()
        .swarm.peers(node.nowMs())
        .filter(({ id }) => ids.has(id)).length,
  );
}

/** How many of `others` are in the discovery table of each of the nodes, and what share of the table they are. */
export function tablesAmong(
  nodes: readonly SimNode[],
  others: readonly SimNode[],
): { readonly count: number; readonly share: number }[] {
  const ids = new Set<string>(others.map(({ identity }) => identity.nodeId));
  return nodes.map((node) => {
    const entries = node.rooms().swarm.discoveryTable();
    const table = entries.filter(({ replacement }) => !replacement);
    const count = table.filter(({ nodeId }) => ids.has(nodeId)).length;
    return { count, share: count / Math.max(1, table.length) };
  });
}

/** How many peers each of the nodes has that it chose itself. */
export const dialedCounts = (nodes: readonly SimNode[]): number[] =>
  nodes.map((node) => node.rooms().swarm.counters().dialedSlots);

/** How many of `nodes` can be reached from the first one over connections between them, itself among them. */
export function connectedToFirst(nodes: readonly SimNode[]): number {
  const byId = new Map<string, SimNode>(nodes.map((node) => [node.identity.nodeId, node]));
  const seen = new Set(nodes.slice(0, 1));
  for (const node of seen) {
    for (const { id } of node.rooms().swarm.peers(node.nowMs())) {
      const next = byId.get(id);
      if (next !== undefined) seen.add(next);
    }
  }
  return seen.size;
}

/** Bans in force at these nodes, all together. */
export const banCount = (nodes: readonly SimNode[]): number =>
  nodes.reduce((sum, node) => sum + node.rooms().swarm.bans(node.nowMs()).length, 0);
