import type { Hash32 } from '../base/brand.js';
import { toHex } from '../base/hex.js';
import { rlpNumber } from '../codec/rlp-writer.js';
import { emptyTrie } from './trie.js';

/** The root of a block's transactions or receipts: the trie of rlp(index) -> item (Yellow Paper, 4.3.2). Items are not empty. */
export function deriveRoot(items: readonly Uint8Array[]): Hash32 {
  return emptyTrie()
    .putAll(items.map((item, index) => [toHex(rlpNumber(index)), item]))
    .rootHash();
}
