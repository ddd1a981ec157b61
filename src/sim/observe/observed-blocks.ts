import { BoundedMap } from '../../base/bounded.js';
import type { Block } from '../../types/block.js';
import type { ObservedBlock } from './observation.js';

/** Blocks written down; of a longer run the newest. */
const MAX_BLOCKS = 2_000;

interface Entry extends Omit<ObservedBlock, 'seen' | 'miner'> {
  readonly coinbase: string;
  readonly seen: Map<string, number>;
}

/** When which node first had which block on its chain. */
export class ObservedBlocks {
  readonly #blocks = new BoundedMap<string, Entry>(MAX_BLOCKS);

  add(node: string, block: Block, atMs: number): void {
    let entry = this.#blocks.peek(block.hash);
    if (entry === undefined) {
      const { parentHash: parent, number, coinbase } = block.header;
      const transactions = block.transactions.length;
      entry = { hash: block.hash, parent, number, transactions, coinbase, firstMs: atMs, seen: new Map() };
      this.#blocks.set(block.hash, entry);
    }
    if (!entry.seen.has(node)) entry.seen.set(node, atMs);
  }

  /** In order of first sight; `placeOf` tells a tracked node's place, `minerOf` whose an address is. */
  view(
    placeOf: (node: string) => number | undefined,
    minerOf: (coinbase: string) => number | undefined,
  ): ObservedBlock[] {
    return [...this.#blocks.values()].map(({ seen, coinbase, ...block }) => ({
      ...block,
      miner: minerOf(coinbase) ?? -1,
      seen: [...seen].flatMap(([node, atMs]) => {
        const place = placeOf(node);
        return place === undefined ? [] : [[place, atMs] as const];
      }),
    }));
  }
}
