import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import { type AncestorLookup, checkUncle, familyOf } from '../consensus/check-uncles.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { SealedHeader } from '../types/header.js';

/** Uncles are at most 7 blocks old; even with many miners a height has few siblings. */
const RECENT_BLOCKS = 128;
/** Forks that anybody still looks at. */
const RECENT_TIPS = 64;

/** The blocks imported last in this run, canonical or not: the ends of forks, and the uncles that a next block may name. */
export class RecentForks {
  readonly #recent = new BoundedMap<Hash32, SealedHeader>(RECENT_BLOCKS);
  readonly #tips = new BoundedMap<Hash32, SealedHeader>(RECENT_TIPS);

  add(sealed: SealedHeader): void {
    this.#recent.set(sealed.hash, sealed);
    this.#tips.delete(sealed.header.parentHash);
    this.#tips.set(sealed.hash, sealed);
  }

  /** Blocks without known children, the newest last. */
  tips(): readonly SealedHeader[] {
    return [...this.#tips.values()];
  }

  /** Blocks that a child of `parentHash` may name as uncles, the oldest first. */
  uncleCandidates(parentHash: Hash32, lookup: AncestorLookup, spec: ChainSpec): readonly SealedHeader[] {
    const family = familyOf(parentHash, lookup);
    // Their seals were checked when they were imported.
    const candidates = [...this.#recent.values()].filter(
      (sealed) => checkUncle(sealed, parentHash, family, spec, { seal: false }) === undefined,
    );
    return candidates.sort((a, b) => a.header.number - b.header.number);
  }
}
