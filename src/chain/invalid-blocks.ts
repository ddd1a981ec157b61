import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { RuleError } from '../consensus/rule-error.js';
import type { Block } from '../types/block.js';
import type { BadBlock } from './chain.js';

/** Each costs its maker the work of a block where it branches off, or half of it: see {@link InvalidBlocks.add}. */
const REMEMBERED_HASHES = 1024;
/** Whole blocks for the operator to look at. */
const KEPT_BLOCKS = 8;

/**
 * The difficulty that a header claims may be wrong: its seal counts only if that is at least one part in so many of what
 * it ought to be. By the rules a block has at least 95 % of its parent's.
 */
const LEAST_SHARE = 2n;

interface Invalid {
  readonly error: RuleError;
  /** The difficulty of the last block of its branch that was valid. */
  readonly validDifficulty: bigint;
}

/**
 * The blocks that broke a rule which their hash commits to, so that they and their descendants are refused at once the
 * next time. Only blocks with a good seal get in: hashes that cost nothing must not push out those that did.
 */
export class InvalidBlocks {
  readonly #invalid = new BoundedMap<Hash32, Invalid>(REMEMBERED_HASHES);
  readonly #blocks = new BoundedMap<Hash32, BadBlock>(KEPT_BLOCKS);

  /**
   * Remembers a block whose seal meets the difficulty that it claims, unless that is far below `parentDifficulty`, its
   * valid parent's. On top of a remembered block the difficulty of the last valid one counts: a branch that halves it with
   * each block would soon cost nothing.
   */
  add(block: Block, error: RuleError, parentDifficulty: bigint | undefined): void {
    const { parentHash, difficulty } = block.header;
    const validDifficulty = this.#invalid.peek(parentHash)?.validDifficulty ?? parentDifficulty;
    if (validDifficulty === undefined || difficulty * LEAST_SHARE < validDifficulty) return;
    this.#invalid.set(block.hash, { error, validDifficulty });
    this.#blocks.set(block.hash, { block, error });
  }

  /** Why the block is invalid; undefined if it is not known to be. */
  errorOf(hash: Hash32): RuleError | undefined {
    return this.#invalid.get(hash)?.error;
  }

  /** The newest first. */
  list(): readonly BadBlock[] {
    return [...this.#blocks.values()].reverse();
  }
}
