import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hash32, Hex } from '../../../src/base/brand.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import { emptyTrie, type Trie } from '../../../src/trie/trie.js';
import { verifyProof } from '../../../src/trie/verify-proof.js';
import { EMPTY_TRIE_ROOT } from '../../../src/types/account.js';

const pathOf = (i: number): Hash32 => keccak256Hex(Buffer.from(`key ${i}`));
const contentOf = (i: number): Uint8Array => new Uint8Array(Buffer.from(`a value that fills its node ${i}`));

function trieOf(size: number): { trie: Trie; root: Hash32 } {
  let trie = emptyTrie();
  for (let i = 0; i < size; i++) trie = trie.put(pathOf(i), contentOf(i));
  return { trie, root: trie.commit().root };
}

describe('proof', () => {
  it('proves what is there and what is not, by its own nodes alone', () => {
    const { trie, root } = trieOf(200);
    for (let i = 0; i < 300; i++) {
      const proof = trie.proof(pathOf(i));
      expect(verifyProof(root, pathOf(i), proof)).toEqual({ ok: true, value: i < 200 ? contentOf(i) : undefined });
    }
  });

  it('begins with the root, and each node names the next', () => {
    const { trie, root } = trieOf(200);
    const proof = trie.proof(pathOf(0));
    expect(keccak256Hex(proof[0] ?? new Uint8Array(0))).toBe(root);
    for (let i = 1; i < proof.length; i++) {
      const hash = keccak256Hex(proof[i] as Uint8Array).slice(2);
      expect(Buffer.from(proof[i - 1] as Uint8Array).toString('hex')).toContain(hash);
    }
  });

  it('leaves out embedded nodes, which stand in their parent', () => {
    const trie = emptyTrie()
      .put('0x00' as Hex, Uint8Array.of(1))
      .put('0x01' as Hex, Uint8Array.of(2));
    const { root } = trie.commit();
    const proof = trie.proof('0x01' as Hex);
    expect(proof).toHaveLength(1);
    expect(verifyProof(root, '0x01' as Hex, proof)).toEqual({ ok: true, value: Uint8Array.of(2) });
  });

  it('of an empty trie is empty', () => {
    expect(emptyTrie().proof(pathOf(0))).toEqual([]);
    expect(verifyProof(EMPTY_TRIE_ROOT, pathOf(0), [])).toEqual({ ok: true, value: undefined });
  });

  it('with any bit changed, or a node left out, proves nothing', () => {
    const { trie, root } = trieOf(200);
    fc.assert(
      fc.property(fc.nat(299), fc.nat(), fc.nat(), fc.boolean(), (i, node, bit, drop) => {
        const proof = trie.proof(pathOf(i)).map((raw) => new Uint8Array(raw));
        const at = node % proof.length;
        const spoilt = proof[at] as Uint8Array;
        if (drop) proof.splice(at, 1);
        else {
          const byte = (bit >> 3) % spoilt.length;
          spoilt[byte] = (spoilt[byte] as number) ^ (1 << (bit & 7));
        }
        expect(verifyProof(root, pathOf(i), proof)).toEqual({ ok: false, error: { code: 'proof-incomplete' } });
      }),
    );
  });

  it('of a root that is no node is malformed', () => {
    const raw = Uint8Array.of(0xc1, 0x80);
    expect(verifyProof(keccak256Hex(raw), pathOf(0), [raw])).toEqual({ ok: false, error: { code: 'proof-malformed' } });
  });
});
