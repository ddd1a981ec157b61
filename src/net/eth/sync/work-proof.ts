import type { Hash32 } from '../../../base/brand.js';
import type { SealedHeader } from '../../../types/header.js';

/** Headers between two checkpoints: fewer than the download buffers, so that each checkpoint releases what it covers. */
const SPACING = 1024;
/** 1024 checkpoints of some 100 bytes cover a fork of a million blocks: years of reorg. */
const MAX_CHECKPOINTS = 1024;

/**
 * The memory of a first pass over a fork's headers that proved its work without storing any. In the second pass the same
 * headers must come again, else the fork's blocks are not taken: so a long chain of little work costs an attacker its
 * headers twice and us a hundred kilobytes, never disk.
 */
export class WorkProof {
  readonly #checkpoints = new Map<number, Hash32>(); // BOUNDED: by MAX_CHECKPOINTS
  #tip: number | undefined;
  #confirmed = -1;

  /** Takes the next header of the first pass; false if the fork is longer than any that is followed. */
  add(header: SealedHeader): boolean {
    if (header.header.number % SPACING !== 0) return true;
    if (this.#checkpoints.size >= MAX_CHECKPOINTS) return false;
    this.#checkpoints.set(header.header.number, header.hash);
    return true;
  }

  /** Ends the first pass: up to `header` the fork has more work than our chain. */
  seal(header: SealedHeader): void {
    this.#checkpoints.set(header.header.number, header.hash);
    this.#tip = header.header.number;
  }

  /** Checks the next header of the second pass; false if another one stood there in the first. */
  confirm(header: SealedHeader): boolean {
    const expected = this.#checkpoints.get(header.header.number);
    if (expected === undefined) return true;
    if (expected !== header.hash) return false;
    this.#confirmed = header.header.number;
    return true;
  }

  /** The number up to which blocks may be fetched: the last confirmed checkpoint, or any behind the proven tip. */
  releasedUpTo(): number {
    return this.#confirmed === this.#tip ? Number.POSITIVE_INFINITY : this.#confirmed;
  }
}
