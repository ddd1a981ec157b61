import type { SimNode } from '../machines/sim-node.js';
import { honestNodes, type Invariant, type Look } from './invariant.js';

/** When nodes must be on one chain, and how much of it. */
export interface OneChainRule {
  /** The moment from which on it holds. */
  readonly from: string;
  /** The moment that ends it. */
  readonly until?: string;
  /** Newest blocks in which they may differ. */
  readonly depth: number;
  /** Whom it asks; all honest nodes unless told otherwise. */
  readonly of?: (node: SimNode) => boolean;
}

/** Honest nodes agree on their chain but for its newest blocks, while the rule asks it. */
export function oneChain(rule: OneChainRule): Invariant {
  const until = rule.until === undefined ? '' : ` until "${rule.until}"`;
  return {
    name: 'one-chain',
    summary: `from "${rule.from}"${until}, nodes differ in the newest ${rule.depth} blocks at most`,
    begin: () => ({ check: (look) => (isDue(rule, look) ? disagreement(look, rule) : undefined) }),
  };
}

function isDue({ from, until }: OneChainRule, { moments }: Look): boolean {
  return moments.has(from) && (until === undefined || !moments.has(until));
}

function disagreement({ world }: Look, { depth, of = () => true }: OneChainRule): string | undefined {
  const nodes = honestNodes(world).filter(of);
  const heights = nodes.map((node) => node.rooms().chain.head().header.number);
  const number = Math.max(0, ...heights) - depth;
  if (number <= 0) return undefined;
  const hashes = nodes.map((node) => node.rooms().chain.canonicalHash(number));
  const first = hashes[0];
  const other = hashes.findIndex((hash) => hash !== first);
  if (other < 0) return undefined;
  const at = (index: number): string => `${nodes[index]?.name} has ${hashes[index]?.slice(0, 10) ?? 'none'}`;
  return `block ${number}, ${depth} below the highest head: ${at(0)}, ${at(other)}`;
}
