import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hash32, Hex } from '../../../src/base/brand.js';
import { toHash32, toHex } from '../../../src/base/hex.js';
import { InvariantError } from '../../../src/base/invariant.js';
import { emptyTrie, openTrie, type Trie } from '../../../src/trie/trie.js';

/** Keys with much in common, some the beginning of others: every shape of node comes up. */
const key: fc.Arbitrary<Hex> = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11), { maxLength: 4 })
  .map((bytes) => toHex(Uint8Array.from(bytes)));
const value = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.uint8Array({ minLength: 33, maxLength: 40 }));
const values = fc
  .array(fc.tuple(key, value), { maxLength: 20 })
  .map((entries): readonly (readonly [Hex, Uint8Array])[] => [...new Map(entries)]);

const oneByOne = (trie: Trie, entries: readonly (readonly [Hex, Uint8Array])[]): Trie =>
  entries.reduce((before, [k, v]) => before.put(k, v), trie);

describe('Trie.putAll', () => {
  it('gives what puts one by one give, and leaves the trie as it was', () => {
    fc.assert(
      fc.property(values, values, (held, added) => {
        const before = oneByOne(emptyTrie(), held);
        const root = before.rootHash();
        expect(before.putAll(added).rootHash()).toBe(oneByOne(oneByOne(emptyTrie(), held), added).rootHash());
        expect(before.rootHash()).toBe(root);
        expect([...before.putAll(added).entries()]).toEqual([...oneByOne(before, added).entries()]);
      }),
    );
  });

  it('reads what it needs of a stored trie, and hands out the nodes that came up', () => {
    fc.assert(
      fc.property(values, values, (held, added) => {
        const stored = oneByOne(emptyTrie(), held).commit();
        const nodes = new Map<Hash32, Uint8Array>(stored.nodes.map(({ hash, raw }) => [toHash32(hash), raw]));
        const changed = openTrie(stored.root, (hash) => nodes.get(hash))
          .putAll(added)
          .commit();
        for (const { hash, raw } of changed.nodes) nodes.set(toHash32(hash), raw);
        const entries = [...openTrie(changed.root, (hash) => nodes.get(hash)).entries()];
        expect(entries.map(([k, v]) => [k, toHex(v)])).toEqual(
          [...new Map([...held, ...added])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, toHex(v)]),
        );
      }),
    );
  });

  it('is the same trie if it changes nothing', () => {
    const trie = oneByOne(emptyTrie(), [
      ['0x0011', Uint8Array.of(1)],
      ['0x0012', Uint8Array.of(2)],
      ['0x1012', Uint8Array.of(3)],
    ] as [Hex, Uint8Array][]);
    expect(trie.putAll([])).toBe(trie);
    expect(
      trie.putAll([
        ['0x0012' as Hex, Uint8Array.of(2)],
        ['0x0011' as Hex, Uint8Array.of(1)],
      ]),
    ).toBe(trie);
  });

  it('takes no empty value', () => {
    expect(() => emptyTrie().putAll([['0x00' as Hex, new Uint8Array(0)]])).toThrow(InvariantError);
  });
});
