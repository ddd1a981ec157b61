import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Body,
  bodyRawOf,
  decodeBlock,
  decodeBody,
  encodeBody,
  makeBlock,
  sealedHeaderOf,
} from '../../../src/types/block.js';
import { sealHeader } from '../../../src/types/header.js';
import { withSignature } from '../../../src/types/transaction-codec.js';
import { header, signature, unsignedTransaction } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const transaction = fc.tuple(unsignedTransaction, signature).map(([fields, sig]) => withSignature(fields, sig));
const body: fc.Arbitrary<Body> = fc.record({
  transactions: fc.array(transaction, { maxLength: 4 }),
  uncles: fc.array(header.map(sealHeader), { maxLength: 2 }),
});
const block = fc.tuple(header.map(sealHeader), body).map(([sealed, content]) => makeBlock(sealed, content));

describe('block', () => {
  it('decodes to what was encoded, whole and in parts', () => {
    fc.assert(
      fc.property(header.map(sealHeader), body, (sealed, content) => {
        const made = makeBlock(sealed, content);
        expect(decodeBlock(made.raw)).toEqual(made);
        expect(sealedHeaderOf(made)).toEqual(sealed);
        expect(bodyRawOf(made)).toEqual(encodeBody(content));
        expect(decodeBody(encodeBody(content))).toEqual(content);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused truncated anywhere or followed by anything', () => {
    const sample = fc.sample(block, { seed: 3, numRuns: 1 })[0] ?? expect.fail('no sample');
    expectWholeOnly(sample.raw, decodeBlock);
    expectWholeOnly(bodyRawOf(sample), decodeBody);
  });
});
