import type { Hash32 } from '../../base/brand.js';
import type { Block } from '../../types/block.js';
import type { BlockSink, BlockSource } from '../backend.js';
import type { ConnId } from '../io.js';

/** Blocks that wait for the import queue to have room, all peers together. */
const MAX_WAITING = 64;
/** Of them, from one peer: it may not crowd out the others' blocks. */
const MAX_WAITING_PER_PEER = 8;

/** Gossiped blocks on their way into the chain: each once, with back-pressure and bounds. */
export class BlockQueue {
  readonly #sink: BlockSink;
  readonly #waiting: { readonly block: Block; readonly source: BlockSource }[] = []; // BOUNDED: by MAX_WAITING
  readonly #inside = new Set<Hash32>(); // BOUNDED: by MAX_WAITING and the sink's queue

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** True if the block was handed over and its result is outstanding, or it waits for that. */
  has(hash: Hash32): boolean {
    return this.#inside.has(hash);
  }

  /** Takes a block unless it is in here already or there is no room; a block dropped so comes back by announcement. */
  add(block: Block, source: BlockSource): boolean {
    if (this.#inside.has(block.hash) || this.#isFullFor(source.conn)) return false;
    this.#inside.add(block.hash);
    this.#waiting.push({ block, source });
    this.#flush();
    return true;
  }

  /** Takes note of a result, whatever the block's source, and hands over what waited for room. */
  onResult(block: Block): void {
    this.#inside.delete(block.hash);
    this.#flush();
  }

  #flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#sink.submitBlock(next.block, next.source)) return;
      this.#waiting.shift();
    }
  }

  #isFullFor(conn: ConnId): boolean {
    if (this.#waiting.length >= MAX_WAITING) return true;
    return this.#waiting.filter(({ source }) => source.conn === conn).length >= MAX_WAITING_PER_PEER;
  }
}
