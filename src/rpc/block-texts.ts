import { BoundedMap } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { RpcChain } from './backend.js';
import { type Answer, RawJson } from './json.js';
import { findBlock, mustFindWork } from './resolve.js';
import { blockView } from './view-block.js';

/** Pollers ask for the newest blocks again and again; 64 of each form cover a minute of a fast devnet. */
const KEPT_BLOCKS = 64;
/** Longer texts are made anew each time, so that the kept ones stay below 16 MiB together. */
const KEPT_CHARACTERS = 128 * 1024;

/** Blocks as JSON text. A block never changes, so its text is made once and kept for a while. */
export interface BlockTexts {
  /** The block as JSON text, or null if it is not stored. */
  of(hash: Hash32, full: boolean): Answer;
}

/** Creates the cache over `chain`. */
export function createBlockTexts(chain: RpcChain): BlockTexts {
  const short = new BoundedMap<Hash32, RawJson>(KEPT_BLOCKS);
  const long = new BoundedMap<Hash32, RawJson>(KEPT_BLOCKS);
  return {
    of(hash, full) {
      const kept = full ? long : short;
      const known = kept.get(hash);
      if (known !== undefined) return known;
      const block = findBlock(chain, { kind: 'hash', hash, requireCanonical: false });
      if (block === undefined) return null;
      const text = new RawJson(JSON.stringify(blockView(block, mustFindWork(chain, hash), full)));
      if (text.text.length <= KEPT_CHARACTERS) kept.set(hash, text);
      return text;
    },
  };
}
