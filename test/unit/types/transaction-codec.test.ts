import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToFixedBytes, concatBytes } from '../../../src/base/bytes.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { rlpSequence } from '../../../src/codec/rlp-reader.js';
import { encodeRlp, type RlpEncodable, rlpBytes } from '../../../src/codec/rlp-writer.js';
import { signedDigest } from '../../../src/types/signed-digest.js';
import type { Signature, UnsignedTransaction } from '../../../src/types/transaction.js';
import {
  decodeTransaction,
  decodeTransactionItem,
  signatureV,
  signingHash,
  txToRlpItem,
  withSignature,
} from '../../../src/types/transaction-codec.js';
import { signature, unsignedTransaction } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const SIGNATURE: Signature = { r: 5n, s: 6n, yParity: 1 };

const sample = (type: 0 | 1 | 2): UnsignedTransaction =>
  fc.sample(
    unsignedTransaction.filter((tx) => tx.type === type && tx.data.length > 2),
    { seed: 5, numRuns: 1 },
  )[0] ?? expect.fail('no sample');

/** The fields of a plain legacy transaction, by position, to be spoilt one at a time. */
const legacyItems = (): RlpEncodable[] => [1n, 2n, 3n, new Uint8Array(20), 4n, new Uint8Array(0), 27n, 5n, 6n];
const typedItems = (): RlpEncodable[] => [9n, 1n, 2n, 3n, new Uint8Array(20), 4n, new Uint8Array(0), [], 1n, 5n, 6n];

describe('decodeTransaction', () => {
  it('decodes to what was encoded, alone and inside a list', () => {
    fc.assert(
      fc.property(unsignedTransaction, signature, (fields, sig) => {
        const tx = withSignature(fields, sig);
        expect(decodeTransaction(tx.raw)).toEqual(tx);
        expect(decodeTransactionItem(rlpSequence(txToRlpItem(tx)))).toEqual(tx);
      }),
    );
  });

  it.each([0, 1, 2] as const)('refuses type %i truncated anywhere or followed by anything', (type) => {
    expectWholeOnly(withSignature(sample(type), SIGNATURE).raw, decodeTransaction);
  });

  it('keeps no view of what it was decoded from', () => {
    const tx = withSignature(sample(2), SIGNATURE);
    const message = new Uint8Array(tx.raw);
    const decoded = decodeTransaction(message);
    message.fill(0);
    expect(decoded).toEqual(tx);
  });

  const spoilt: [name: string, index: number, value: RlpEncodable][] = [
    ['a nonce of 9 bytes', 0, 2n ** 64n],
    ['a gas price of 33 bytes', 1, 2n ** 256n],
    ['a gas limit of 9 bytes', 2, 2n ** 64n],
    ['an address of 19 bytes', 3, new Uint8Array(19)],
    ['an address of 21 bytes', 3, new Uint8Array(21)],
    ['a value of 33 bytes', 4, 2n ** 256n],
    ['a value with a leading zero', 4, Uint8Array.of(0, 1)],
    ['a list for data', 5, []],
    ['v of 26', 6, 26n],
    ['v of 29', 6, 29n],
    ['v of 34', 6, 34n],
    ['v of 33 bytes', 6, 2n ** 256n],
    ['r of 33 bytes', 7, 2n ** 256n],
    ['s with a leading zero', 8, Uint8Array.of(0, 1)],
  ];
  it.each(spoilt)('refuses a legacy transaction with %s', (_, index, value) => {
    expect(() => decodeTransaction(encodeRlp(legacyItems()))).not.toThrow();
    expect(() => decodeTransaction(encodeRlp(legacyItems().with(index, value)))).toThrow(DecodeError);
  });

  const spoiltTyped: [name: string, index: number, value: RlpEncodable][] = [
    ['an access list that is bytes', 7, 1n],
    ['an access list entry without keys', 7, [[new Uint8Array(20)]]],
    ['an access list entry with a third item', 7, [[new Uint8Array(20), [], 1n]]],
    ['an access list address of 19 bytes', 7, [[new Uint8Array(19), []]]],
    ['an access list key of 31 bytes', 7, [[new Uint8Array(20), [new Uint8Array(31)]]]],
    ['a parity of 2', 8, 2n],
    ['a parity of 27', 8, 27n],
    ['a parity with a leading zero', 8, Uint8Array.of(0)],
  ];
  it.each(spoiltTyped)('refuses a typed transaction with %s', (_, index, value) => {
    const encode = (items: RlpEncodable[]) => concatBytes(Uint8Array.of(1), encodeRlp(items));
    expect(() => decodeTransaction(encode(typedItems()))).not.toThrow();
    expect(() => decodeTransaction(encode(typedItems().with(index, value)))).toThrow(DecodeError);
  });

  it.each([0, 3, 4, 0x7f, 0x80, 0xbf])('refuses type byte %i', (type) => {
    expect(() => decodeTransaction(concatBytes(Uint8Array.of(type), encodeRlp(typedItems())))).toThrow(DecodeError);
  });

  it('refuses a legacy transaction inside a byte string', () => {
    const item = rlpBytes(encodeRlp(legacyItems()));
    expect(() => decodeTransactionItem(rlpSequence(item))).toThrow(DecodeError);
  });
});

describe('signedDigest', () => {
  it('is the signing hash of what was signed, and the signature', () => {
    fc.assert(
      fc.property(unsignedTransaction, signature, (fields, sig) => {
        const { r, s, yParity } = sig;
        const bytes = concatBytes(bigIntToFixedBytes(r, 32), bigIntToFixedBytes(s, 32));
        expect(signedDigest(withSignature(fields, sig).raw)).toEqual({
          digest: signingHash(fields),
          signature: bytes,
          yParity,
        });
      }),
    );
  });

  it.each(['r', 's'] as const)('is nothing where %s has more than 32 bytes', (part) => {
    const signed = withSignature(sample(2), { ...SIGNATURE, [part]: 1n << 256n });
    expect(signedDigest(signed.raw)).toBeUndefined();
  });
});

describe('signatureV', () => {
  const legacy = { ...sample(0), type: 0, gasPrice: 1n } as const;
  it.each([
    ['without a chain id', { ...legacy, chainId: undefined }, 28n],
    ['with a chain id (EIP-155)', { ...legacy, chainId: 1n }, 38n],
    ['typed', sample(1), 1n],
  ])('%s', (_, fields, v) => expect(signatureV(withSignature(fields as UnsignedTransaction, SIGNATURE))).toBe(v));
});
