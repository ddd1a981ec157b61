import { expect, it } from 'vitest';
import { parseAddress, toHex } from '../../src/base/hex.js';
import { rlpList } from '../../src/codec/rlp-reader.js';
import { encodeRlpList } from '../../src/codec/rlp-writer.js';
import { addressOfPrivateKey } from '../../src/crypto/address.js';
import { senderOf } from '../../src/types/sender.js';
import { decodeTransaction, encodeUnsigned, withSignature } from '../../src/types/transaction-codec.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface BasicCase {
  readonly key: string;
  readonly nonce: number;
  readonly gasprice: number;
  readonly startgas: number;
  readonly to: string;
  readonly value: number;
  readonly data: string;
  readonly unsigned: string;
  readonly signed: string;
}

const FILE = 'basic/txtest.json';

describeVectors(FILE, () => {
  it('decodes, encodes and recovers every transaction', () => {
    const cases = readVector<readonly BasicCase[]>(FILE);
    expect(cases).toHaveLength(expectedCases(FILE));
    for (const test of cases) {
      const tx = decodeTransaction(Buffer.from(test.signed, 'hex'));
      const fields = {
        type: 0,
        chainId: undefined,
        nonce: BigInt(test.nonce),
        gasPrice: BigInt(test.gasprice),
        gasLimit: BigInt(test.startgas),
        to: test.to === '' ? null : (parseAddress(`0x${test.to}`) ?? expect.fail('no address')),
        value: BigInt(test.value),
        data: new Uint8Array(Buffer.from(test.data, 'hex')),
      } as const;
      expect(tx).toMatchObject(fields);
      expect(senderOf(tx)).toBe(addressOfPrivateKey(Buffer.from(test.key, 'hex')));
      expect(toHex(withSignature(fields, tx.signature).raw)).toBe(`0x${test.signed}`);
      // `unsigned` has empty v, r and s behind the six fields that are signed.
      const nine = rlpList(Buffer.from(test.unsigned, 'hex'));
      expect(nine.count(9)).toBe(9);
      const six = Array.from({ length: 6 }, () => nine.raw());
      expect(toHex(encodeUnsigned(fields))).toBe(toHex(encodeRlpList(six)));
      passed('basic-transactions', test.key);
    }
  });
});
