import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BLOOM, fromHex } from '../../../src/base/hex.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { encodeRlp, type RlpEncodable, rlpBytes } from '../../../src/codec/rlp-writer.js';
import { decodeReceipt, decodeReceipts, encodeReceipt, encodeReceipts } from '../../../src/types/receipt.js';
import { receipt } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const item = (outcome: RlpEncodable): RlpEncodable => [outcome, 21_000n, fromHex(EMPTY_BLOOM), []];

describe('receipt', () => {
  it('decodes to what was encoded, alone and in a list', () => {
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 4 }), (receipts) => {
        expect(decodeReceipts(encodeReceipts(receipts))).toEqual(receipts);
        for (const one of receipts) expect(decodeReceipt(encodeReceipt(one))).toEqual(one);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused truncated anywhere or followed by anything', () => {
    const receipts = fc.sample(receipt, { seed: 4, numRuns: 3 });
    expectWholeOnly(encodeReceipts(receipts), decodeReceipts);
    for (const one of receipts) expectWholeOnly(encodeReceipt(one), decodeReceipt);
  });

  it.each([
    ['a status of 2', encodeRlp(item(2n))],
    ['a root of 31 bytes', encodeRlp(item(new Uint8Array(31)))],
    ['type 3', Buffer.concat([Uint8Array.of(3), encodeRlp(item(1n))])],
  ])('with %s is refused', (_, bytes) => expect(() => decodeReceipt(bytes)).toThrow(DecodeError));

  it('of a legacy transaction is refused inside a byte string', () => {
    expect(() => decodeReceipts(encodeRlp([encodeRlp(item(1n))]))).toThrow(DecodeError);
    expect(() => decodeReceipts(rlpBytes(new Uint8Array(300)))).toThrow(DecodeError);
  });
});
