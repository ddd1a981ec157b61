import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { encodeRlp, encodeRlpList } from '../../../src/codec/rlp-writer.js';
import {
  type Body,
  bodyRawOf,
  decodeBlock,
  decodeBody,
  decodeOpenBlock,
  encodeBody,
  makeBlock,
  openBlock,
  sealedHeaderOf,
} from '../../../src/types/block.js';
import { bodyFitsGas, openBlockFitsGas } from '../../../src/types/body-room.js';
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
        expect(openBlock(made.raw).sealed).toEqual(sealed);
        expect(decodeOpenBlock(openBlock(made.raw))).toEqual(made);
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
    expectWholeOnly(sample.raw, openBlock);
    expectWholeOnly(bodyRawOf(sample), decodeBody);
  });

  const list = (count: number): Uint8Array => encodeRlp(Array.from({ length: count }, () => []));
  it.each([
    { name: 'as many transactions as its gas pays for', gas: 42_000n, transactions: 2, uncles: 2, fits: true },
    { name: 'one more', gas: 62_999n, transactions: 3, uncles: 0, fits: false },
    { name: 'nothing without gas', gas: 0n, transactions: 0, uncles: 0, fits: true },
    { name: 'three uncles', gas: 42_000n, transactions: 0, uncles: 3, fits: false },
  ])('a block has room by its gas, whatever the items are: $name', ({ gas, transactions, uncles, fits }) => {
    const items = [list(transactions), list(uncles)];
    const open = openBlock(encodeRlpList([sealHeader(fc.sample(header, 1)[0] ?? expect.fail()).raw, ...items]));
    expect([bodyFitsGas(encodeRlpList(items), gas), openBlockFitsGas(open, gas)]).toEqual([fits, fits]);
  });

  it('has no room for what is no body', () => {
    const strings = encodeRlp([Uint8Array.of(1), Uint8Array.of(1)]);
    expect(() => bodyFitsGas(strings, 42_000n)).toThrow(DecodeError);
    expect(() => bodyFitsGas(encodeRlpList([list(1)]), 42_000n)).toThrow(DecodeError);
  });
});
