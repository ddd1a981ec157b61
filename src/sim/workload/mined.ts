import type { Hash32 } from '../../base/brand.js';
import type { SimNode } from '../machines/sim-node.js';

/** Those of `hashes` that are not on the node's chain in a block up to number `until`. */
export function notMined(node: SimNode, hashes: readonly Hash32[], until = Number.POSITIVE_INFINITY): Hash32[] {
  const { chain } = node.rooms();
  return hashes.filter((hash) => {
    const location = chain.transactionLocation(hash);
    return location === undefined || location.number > until;
  });
}

/** The highest block that all nodes agree on, looking back `depth` blocks at most below the lowest head; undefined if there is none. */
export function commonHeight(nodes: readonly SimNode[], depth: number): number | undefined {
  const chains = nodes.map((node) => node.rooms().chain);
  const lowest = Math.min(...chains.map((chain) => chain.head().header.number));
  for (let number = lowest; number >= Math.max(0, lowest - depth); number--) {
    const hash = chains[0]?.canonicalHash(number);
    if (hash !== undefined && chains.every((chain) => chain.canonicalHash(number) === hash)) return number;
  }
  return undefined;
}

/** True if all `hashes` are in blocks that all nodes agree on, the newest `depth` blocks left out of the question. */
export function allMined(nodes: readonly SimNode[], hashes: readonly Hash32[], depth: number): boolean {
  const [first] = nodes;
  const height = first && commonHeight(nodes, depth);
  return first !== undefined && height !== undefined && notMined(first, hashes, height).length === 0;
}

/** Those of `hashes` that are on the first node's chain and not on the other's. */
export function minedOnlyOn(one: SimNode, other: SimNode, hashes: readonly Hash32[]): Hash32[] {
  const missing = new Set(notMined(one, hashes));
  return notMined(other, hashes).filter((hash) => !missing.has(hash));
}
