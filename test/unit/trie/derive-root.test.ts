import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/hex.js';
import { encodeRlp } from '../../../src/codec/rlp-writer.js';
import { deriveRoot } from '../../../src/trie/derive-root.js';
import { emptyTrie } from '../../../src/trie/trie.js';
import { EMPTY_TRIE_ROOT } from '../../../src/types/account.js';

describe('deriveRoot', () => {
  it('of nothing is the empty root', () => expect(deriveRoot([])).toBe(EMPTY_TRIE_ROOT));

  it.each([1, 2, 16, 127, 128, 129, 300])('of %i items is the root of rlp(index) to item', (count) => {
    const items = Array.from({ length: count }, (_, i) => Buffer.from(`item ${i}`.repeat((i % 7) + 1)));
    let trie = emptyTrie();
    for (let i = count - 1; i >= 0; i--) trie = trie.put(toHex(encodeRlp(i)), items[i] as Uint8Array);
    expect(deriveRoot(items)).toBe(trie.commit().root);
  });
});
