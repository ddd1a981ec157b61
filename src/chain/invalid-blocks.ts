import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { Block } from '../types/block.js';
import type { BadBlock } from './chain.js';

/** Each costs its maker a proof of work, so an attacker fills this at the price of the main chain's blocks. */
const REMEMBERED_HASHES = 1024;
/** Whole blocks for the operator to look at. */
const KEPT_BLOCKS = 8;

/**
 * The blocks that broke a rule which their hash commits to, so that they and their descendants are refused at once the
 * next time. Only blocks with a good seal get in: hashes that cost nothing must not push out those that did.
 */
export class InvalidBlocks {
  readonly #errors = new BoundedMap<Hash32, RuleError>(REMEMBERED_HASHES);
  readonly #blocks = new BoundedMap<Hash32, BadBlock>(KEPT_BLOCKS);

  add(block: Block, error: RuleError): void {
    this.#errors.set(block.hash, error);
    this.#blocks.set(block.hash, { block, error });
  }

  /** Why the block is invalid; undefined if it is not known to be. */
  errorOf(hash: Hash32): RuleError | undefined {
    return this.#errors.get(hash);
  }

  /** The newest first. */
  list(): readonly BadBlock[] {
    return [...this.#blocks.values()].reverse();
  }
}
