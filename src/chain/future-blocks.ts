import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { Block } from '../types/block.js';

/** Held at once: clocks a little apart make a few, only an attacker makes more. */
const MAX_FUTURE_BLOCKS = 64;

/** Blocks that are valid but for a time ahead of ours, until that time has come. When full, the oldest goes. */
export class FutureBlocks {
  readonly #held = new BoundedMap<Hash32, { readonly block: Block; readonly retryAtMs: number }>(MAX_FUTURE_BLOCKS);

  get size(): number {
    return this.#held.size;
  }

  add(block: Block, retryAtMs: number): void {
    this.#held.set(block.hash, { block, retryAtMs });
  }

  /** Removes and returns the blocks whose time has come, in rising order of time. */
  takeDue(nowMs: number): Block[] {
    if (this.#held.size === 0) return [];
    const due = [...this.#held.values()].filter((entry) => entry.retryAtMs <= nowMs);
    due.sort((a, b) => a.retryAtMs - b.retryAtMs || a.block.header.number - b.block.header.number);
    for (const { block } of due) this.#held.delete(block.hash);
    return due.map(({ block }) => block);
  }

  /** When the next block is due; Infinity if none is held. */
  nextWake(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { retryAtMs } of this.#held.values()) next = Math.min(next, retryAtMs);
    return next;
  }
}
