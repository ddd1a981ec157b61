import type { ObservedBlock } from '../observe/observation.js';

/** A block with its lane: 0 for the chain that came out, others above (negative) and below. */
export interface PlacedBlock {
  readonly block: ObservedBlock;
  readonly lane: number;
}

/** Lanes in the order in which they are tried: near the chain first. */
const laneAt = (order: number): number => (order % 2 === 0 ? -1 : 1) * (Math.floor(order / 2) + 1);

/** Gives each block a lane such that no two branches overlap. Branches are placed in order of their first block. */
export function layOutForks(blocks: readonly ObservedBlock[], finalHead: string): PlacedBlock[] {
  const byHash = new Map(blocks.map((block) => [block.hash, block]));
  const lanes = new Map<string, number>();
  for (let block = byHash.get(finalHead); block !== undefined; block = byHash.get(block.parent))
    lanes.set(block.hash, 0);

  const used: { readonly lane: number; readonly from: number; readonly to: number }[] = [];
  const parents = new Set(blocks.map(({ parent }) => parent));
  const tips = blocks.filter(({ hash }) => !parents.has(hash) && !lanes.has(hash));
  // The longest first: it is the straight line, what leaves it are its branches.
  for (const tip of tips.sort((a, b) => b.number - a.number || a.firstMs - b.firstMs)) {
    const branch: ObservedBlock[] = [];
    for (let block: ObservedBlock | undefined = tip; block !== undefined && !lanes.has(block.hash); ) {
      branch.push(block);
      block = byHash.get(block.parent);
    }
    const from = (branch.at(-1)?.number ?? tip.number) - 1;
    let order = 0;
    while (used.some(({ lane, ...span }) => lane === laneAt(order) && span.from <= tip.number && from <= span.to))
      order++;
    used.push({ lane: laneAt(order), from, to: tip.number });
    for (const { hash } of branch) lanes.set(hash, laneAt(order));
  }
  return blocks.map((block) => ({ block, lane: lanes.get(block.hash) ?? 0 }));
}
