import { expect, it } from 'vitest';
import { decodePath, nibble, pathHex } from '../../src/trie/nibbles.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface PathCase {
  readonly seq: readonly number[];
  readonly term: boolean;
  readonly out: string;
}

const FILE = 'basic/hexencodetest.json';

describeVectors(FILE, () => {
  it('encodes and decodes every path', () => {
    const cases = Object.entries(readVector<Record<string, PathCase>>(FILE));
    expect(cases).toHaveLength(expectedCases(FILE));
    for (const [name, { seq, term, out }] of cases) {
      const path = seq.map(nibble).join('');
      expect(pathHex(path, term), name).toBe(out);
      expect(decodePath(Buffer.from(out, 'hex')), name).toEqual({ path, isLeaf: term });
      passed('hex-prefix', name);
    }
  });
});
