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

/** True if the node has this block on its chain. */
export function isCanonical(node: SimNode, hash: Hash32): boolean {
  const { chain } = node.rooms();
  const number = chain.blockByHash(hash)?.header.number;
  return number !== undefined && chain.canonicalHash(number) === hash;
}

/** True if each of the two has mined on without the other: neither's head is on the chain of the other. */
export function areForked(one: SimNode, other: SimNode): boolean {
  const headOf = (node: SimNode): Hash32 => node.rooms().chain.head().hash;
  return !isCanonical(one, headOf(other)) && !isCanonical(other, headOf(one));
}

/** Those of `hashes` that are on the first node's chain and not on the other's. */
export function minedOnlyOn(one: SimNode, other: SimNode, hashes: readonly Hash32[]): Hash32[] {
  const missing = new Set(notMined(one, hashes));
  return notMined(other, hashes).filter((hash) => !missing.has(hash));
}
