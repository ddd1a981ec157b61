import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';

/** How many blocks without a parent are kept. */
export interface OrphanLimits {
  /** In all. */
  readonly maxBlocks: number;
  /** Of their encodings together. */
  readonly maxBytes: number;
  /** With the same missing parent: one parent must not fill the pool with made-up children. */
  readonly maxPerParent: number;
}

/** A sync keeps its own order, so orphans are the few blocks that overtook their parents in gossip. */
export const DEFAULT_ORPHAN_LIMITS: OrphanLimits = { maxBlocks: 128, maxBytes: 32 << 20, maxPerParent: 4 };

/** Blocks whose parents are not here yet. When full, the block that waited longest goes. */
export class OrphanPool {
  readonly #limits: OrphanLimits;
  readonly #blocks = new Map<Hash32, Block>(); // BOUNDED: by limits.maxBlocks and maxBytes, oldest goes first
  readonly #byParent = new Map<Hash32, Hash32[]>(); // BOUNDED: by #blocks, whose parents are its keys
  #bytes = 0;

  constructor(limits: OrphanLimits = DEFAULT_ORPHAN_LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#blocks.size;
  }

  /** The encodings of all blocks together. */
  get bytes(): number {
    return this.#bytes;
  }

  has(hash: Hash32): boolean {
    return this.#blocks.has(hash);
  }

  /** Keeps `block`; false if it is larger than the pool or its parent has its share of children already. */
  add(block: Block): boolean {
    if (this.#blocks.has(block.hash)) return true;
    if (block.raw.length > this.#limits.maxBytes) return false;
    const siblings = this.#byParent.get(block.header.parentHash) ?? [];
    if (siblings.length >= this.#limits.maxPerParent) return false;
    this.#byParent.set(block.header.parentHash, [...siblings, block.hash]);
    this.#blocks.set(block.hash, block);
    this.#bytes += block.raw.length;
    for (const oldest of this.#blocks.values()) {
      if (this.#blocks.size <= this.#limits.maxBlocks && this.#bytes <= this.#limits.maxBytes) break;
      this.#remove(oldest);
    }
    return true;
  }

  /** Removes and returns the children of `parent`, in order of arrival. */
  takeChildren(parent: Hash32): Block[] {
    const children: Block[] = [];
    for (const hash of this.#byParent.get(parent) ?? []) {
      const block = this.#blocks.get(hash);
      if (block !== undefined) children.push(block);
    }
    for (const child of children) this.#remove(child);
    return children;
  }

  /** The nearest ancestor of `block` that is not an orphan itself: what has to be fetched to bring it in. */
  missingAncestor(block: Block): Hash32 {
    let missing = block.header.parentHash;
    // Ends after at most #blocks.size steps: hashes can't form a ring.
    for (let parent = this.#blocks.get(missing); parent !== undefined; parent = this.#blocks.get(missing)) {
      missing = parent.header.parentHash;
    }
    return missing;
  }

  #remove(block: Block): void {
    this.#blocks.delete(block.hash);
    this.#bytes -= block.raw.length;
    const siblings = (this.#byParent.get(block.header.parentHash) ?? []).filter((hash) => hash !== block.hash);
    if (siblings.length > 0) this.#byParent.set(block.header.parentHash, siblings);
    else this.#byParent.delete(block.header.parentHash);
  }
}
