import { expect, it } from 'vitest';
import { parseHex, toHex } from '../../src/base/hex.js';
import { keccak256Hex } from '../../src/crypto/keccak.js';
import { emptyTrie } from '../../src/trie/trie.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

type Pairs = readonly (readonly [string, string | null])[];

interface TrieCase {
  readonly in: Pairs | Readonly<Record<string, string>>;
  readonly root: string;
}

const FILES: readonly [file: string, secure: boolean, anyOrder: boolean][] = [
  ['trie/trietest.json', false, false],
  ['trie/trietest_secureTrie.json', true, false],
  ['trie/trieanyorder.json', false, true],
  ['trie/trieanyorder_secureTrie.json', true, true],
  ['trie/hex_encoded_securetrie_test.json', true, true],
];

function bytesOf(text: string): Uint8Array {
  return text.startsWith('0x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'utf8');
}

function rootOf(pairs: Pairs, secure: boolean): string {
  let trie = emptyTrie();
  for (const [key, value] of pairs) {
    const path = secure ? keccak256Hex(bytesOf(key)) : toHex(bytesOf(key));
    trie = value === null ? trie.delete(path) : trie.put(path, bytesOf(value));
  }
  return trie.commit().root;
}

/** A few orders that differ in everything: as given, reversed, and rotated by a third with every second pair first. */
function orders(pairs: Pairs): Pairs[] {
  const third = Math.floor(pairs.length / 3);
  const rotated = [...pairs.slice(third), ...pairs.slice(0, third)];
  const woven = [...rotated.filter((_, i) => i % 2 === 0), ...rotated.filter((_, i) => i % 2 === 1)];
  return [pairs, [...pairs].reverse(), woven];
}

describeVectors('trie/', () => {
  it.each(FILES)('%s', (file, secure, anyOrder) => {
    const cases = Object.entries(readVector<Record<string, TrieCase>>(file));
    expect(cases).toHaveLength(expectedCases(file));
    for (const [name, test] of cases) {
      const pairs: Pairs = Array.isArray(test.in) ? test.in : Object.entries(test.in);
      const expected = parseHex(test.root.startsWith('0x') ? test.root : `0x${test.root}`);
      for (const order of anyOrder ? orders(pairs) : [pairs]) expect(rootOf(order, secure), name).toBe(expected);
      passed('trie', `${file} ${name}`);
    }
  });

  it('trie/trietestnextprev.json: entries come in the order of their keys', () => {
    interface Neighbours {
      readonly in: readonly string[];
      readonly tests: readonly (readonly [key: string, previous: string, next: string])[];
    }
    const cases = Object.entries(readVector<Record<string, Neighbours>>('trie/trietestnextprev.json'));
    expect(cases).toHaveLength(1);
    for (const [name, test] of cases) {
      const trie = test.in.reduce((t, key) => t.put(toHex(bytesOf(key)), bytesOf(key)), emptyTrie());
      const keys = [...trie.entries()].map(([, value]) => Buffer.from(value).toString());
      for (const [key, previous, next] of test.tests) {
        expect(keys.filter((other) => other < key).at(-1) ?? '', `before ${key}`).toBe(previous);
        expect(keys.find((other) => other > key) ?? '', `after ${key}`).toBe(next);
      }
      passed('trie', name);
    }
  });
});
