import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hash32, Hex } from '../../../src/base/brand.js';
import { toHash32, toHex, ZERO_HASH } from '../../../src/base/hex.js';
import { InvariantError } from '../../../src/base/invariant.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import { emptyTrie, MissingNodeError, openTrie, type StoredNode, type Trie } from '../../../src/trie/trie.js';
import { EMPTY_TRIE_ROOT } from '../../../src/types/account.js';

/** Keys with much in common, some the beginning of others: every shape of node comes up. */
const key: fc.Arbitrary<Hex> = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11), { maxLength: 4 })
  .map((bytes) => toHex(Uint8Array.from(bytes)));
/** Short values make embedded nodes, long ones hashed nodes. */
const value = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.uint8Array({ minLength: 33, maxLength: 40 }));
const change = fc.tuple(key, fc.option(value));

type Model = Map<Hex, Uint8Array>;

function applyTo(trie: Trie, model: Model, [k, v]: readonly [Hex, Uint8Array | null]): Trie {
  if (v === null) model.delete(k);
  else model.set(k, v);
  return v === null ? trie.delete(k) : trie.put(k, v);
}

const build = (model: Iterable<readonly [Hex, Uint8Array]>): Trie => {
  let trie = emptyTrie();
  for (const [k, v] of model) trie = trie.put(k, v);
  return trie;
};

const sorted = (model: Model): [Hex, Uint8Array][] => [...model].sort(([a], [b]) => (a < b ? -1 : 1));
const plain = (entries: Iterable<readonly [Hex, Uint8Array]>) => [...entries].map(([k, v]) => [k, toHex(v)]);

/** A node store that keeps what is committed. */
function store(): { nodes: Map<Hash32, Uint8Array>; keep(nodes: readonly StoredNode[]): void } {
  const nodes = new Map<Hash32, Uint8Array>();
  const keep = (added: readonly StoredNode[]) => {
    for (const { hash, raw } of added) nodes.set(toHash32(hash), new Uint8Array(raw));
  };
  return { nodes, keep };
}

/** Keys and values of a secure trie with `size` entries. */
const entry = (i: number): [Hash32, Uint8Array] => [keccak256Hex(Buffer.from(`key ${i}`)), Buffer.from(`value ${i}`)];
const large = (size: number): Trie => build(Array.from({ length: size }, (_, i) => entry(i)));

describe('Trie', () => {
  it('holds what a map holds, in the order of the keys', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const model: Model = new Map();
        let trie = emptyTrie();
        for (const one of changes) trie = applyTo(trie, model, one);
        expect(plain(trie.entries())).toEqual(plain(sorted(model)));
        for (const [k] of changes) expect(trie.get(k)).toEqual(model.get(k));
      }),
    );
  });

  it('has one root for one content, whatever the way there', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (changes, order) => {
        const model: Model = new Map();
        let trie = emptyTrie();
        for (const one of changes) trie = applyTo(trie, model, one);
        const shuffled = [...model].map((e) => ({ e, at: order.next().value })).sort((a, b) => a.at - b.at);
        expect(trie.commit().root).toBe(build(shuffled.map(({ e }) => e)).commit().root);
      }),
    );
  });

  it('reads from a store what was committed to it, and goes on from there to the same root', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 10 }), { maxLength: 4 }), (batches) => {
        const { nodes, keep } = store();
        const model: Model = new Map();
        let root = EMPTY_TRIE_ROOT;
        for (const batch of batches) {
          let trie = openTrie(root, (hash) => nodes.get(hash));
          for (const one of batch) trie = applyTo(trie, model, one);
          const commit = trie.commit();
          keep(commit.nodes);
          root = commit.root;
          expect(root).toBe(build(model).commit().root);
        }
        expect(plain(openTrie(root, (hash) => nodes.get(hash)).entries())).toEqual(plain(sorted(model)));
      }),
    );
  });

  it('is a value: changes leave it as it is', () => {
    const before = large(100);
    const { root } = before.commit();
    before.put(entry(5)[0], Uint8Array.of(1)).delete(entry(6)[0]).put(entry(200)[0], Uint8Array.of(2)).commit();
    expect(before.commit()).toEqual({ root, nodes: [] });
    expect(before.get(entry(5)[0])).toEqual(entry(5)[1]);
    expect(before.get(entry(6)[0])).toEqual(entry(6)[1]);
    expect(before.get(entry(200)[0])).toBeUndefined();
  });

  it('is itself after a change that changes nothing', () => {
    const trie = large(50);
    const [k, v] = entry(7);
    expect(trie.put(k, v)).toBe(trie);
    expect(trie.delete(entry(99)[0])).toBe(trie);
    expect(emptyTrie().delete(k).commit().root).toBe(EMPTY_TRIE_ROOT);
  });

  it('hands out each node once, under its hash', () => {
    const trie = large(200);
    const first = trie.commit();
    for (const { hash, raw } of first.nodes) expect(keccak256Hex(raw)).toBe(toHash32(hash));
    expect(new Set(first.nodes.map(({ hash }) => toHash32(hash))).size).toBe(first.nodes.length);
    expect(toHex(first.nodes.at(-1)?.hash ?? new Uint8Array())).toBe(first.root);
    const changed = trie.put(entry(3)[0], Uint8Array.of(1)).commit();
    // One leaf and the branches above it: 200 entries are some three levels.
    expect(changed.nodes.length).toBeLessThan(6);
    expect(trie.commit().nodes).toEqual([]);
  });

  it('stores the root however short it is', () => {
    const { nodes, keep } = store();
    const commit = emptyTrie()
      .put('0x01' as Hex, Uint8Array.of(1))
      .commit();
    keep(commit.nodes);
    expect(openTrie(commit.root, (hash) => nodes.get(hash)).get('0x01' as Hex)).toEqual(Uint8Array.of(1));
  });

  it('names the node that is missing, and no other operation fails for it', () => {
    const { nodes, keep } = store();
    const commit = large(100).commit();
    keep(commit.nodes);
    const lost = [...nodes.keys()].find((hash) => hash !== commit.root) ?? expect.fail('one node only');
    nodes.delete(lost);
    const trie = openTrie(commit.root, (hash) => nodes.get(hash));
    const results = Array.from({ length: 100 }, (_, i) => {
      try {
        return Buffer.from(trie.get(entry(i)[0]) ?? []).toString();
      } catch (error) {
        return error instanceof MissingNodeError ? error.hash : expect.fail(`${error}`);
      }
    });
    expect(results.filter((result) => result === lost).length).toBeGreaterThan(0);
    expect(results.filter((result, i) => result !== lost && result !== `value ${i}`)).toEqual([]);
  });

  it('opens any root and fails only when it is read', () => {
    const trie = openTrie(ZERO_HASH, () => undefined);
    expect(trie.commit()).toEqual({ root: ZERO_HASH, nodes: [] });
    expect(() => trie.get('0x00' as Hex)).toThrow(MissingNodeError);
  });

  it('counts the nodes that it holds in memory', () => {
    const { nodes, keep } = store();
    const commit = large(300).commit();
    keep(commit.nodes);
    const trie = openTrie(commit.root, (hash) => nodes.get(hash));
    expect(trie.residentNodes).toBe(0);
    trie.get(entry(1)[0]);
    const loaded = trie.residentNodes;
    expect(loaded).toBeGreaterThan(1);
    trie.get(entry(1)[0]);
    expect(trie.residentNodes).toBe(loaded);
    const changed = trie.put(entry(1)[0], Uint8Array.of(1));
    changed.commit();
    expect(changed.residentNodes).toBe(2 * loaded);
    changed.recount();
    expect(changed.residentNodes).toBe(loaded);
  });

  it('has the same root hash, stored or not', () => {
    for (const trie of [emptyTrie(), emptyTrie().put('0x01' as Hex, Uint8Array.of(1)), large(300)]) {
      const root = trie.rootHash();
      expect(trie.commit().root).toBe(root);
    }
  });

  it('takes no empty values', () => {
    expect(() => emptyTrie().put('0x00' as Hex, new Uint8Array(0))).toThrow(InvariantError);
  });
});
