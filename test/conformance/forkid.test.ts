import { expect, it } from 'vitest';
import { parseHash32, toHex } from '../../src/base/hex.js';
import { checkForkId, forkIdAt } from '../../src/types/fork-id.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface Network {
  readonly network: string;
  readonly genesisHash: string;
  readonly forkBlocks: readonly number[];
  readonly cases: readonly { readonly head: number; readonly hash: string; readonly next: number }[];
}

const FILE = 'forkid/creation.json';

describeVectors(FILE, () => {
  it('gives the id of every head, which a node of the same chain accepts', () => {
    const { networks } = readVector<{ readonly networks: readonly Network[] }>(FILE);
    let cases = 0;
    for (const { network, genesisHash, forkBlocks, cases: heads } of networks) {
      const genesis = parseHash32(genesisHash) ?? expect.fail('no genesis hash');
      for (const { head, hash, next } of heads) {
        const id = forkIdAt(genesis, forkBlocks, head);
        expect({ hash: toHex(id.hash), next: id.next }, `${network} at ${head}`).toEqual({ hash, next: BigInt(next) });
        expect(checkForkId(genesis, forkBlocks, head, id)).toBeUndefined();
        expect(checkForkId(genesis, forkBlocks, 0, id)).toBeUndefined();
        expect(checkForkId(genesis, forkBlocks, 20_000_000, id)).toBeUndefined();
        cases++;
        passed('fork-ids', `${network} at ${head}`);
      }
    }
    expect(cases).toBe(expectedCases(FILE));
  });
});
