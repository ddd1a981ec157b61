import { beforeAll, expect, it } from 'vitest';
import { decryptKeystore } from '../../src/crypto/keystore.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { describeVectors, expectedCases, readVector } from '../support/vectors.js';

type Cases = Readonly<Record<string, { readonly json: unknown; readonly password: string; readonly priv: string }>>;

beforeAll(() => selectCrypto());

for (const file of ['keystore/basic_tests.json', 'keystore/v3_test_vector.json']) {
  describeVectors(file, () => {
    const cases = Object.entries(readVector<Cases>(file));
    it('has all its cases', () => expect(cases.length).toBe(expectedCases(file)));

    it.each(cases)('%s opens', (_, { json, password, priv }) => {
      expect(decryptKeystore(json, password)).toEqual({ ok: true, value: Uint8Array.from(Buffer.from(priv, 'hex')) });
    });
  });
}

// One file of each key derivation: that is where the time goes.
describeVectors('keystore/v3_test_vector.json', () => {
  it.each(Object.entries(readVector<Cases>('keystore/v3_test_vector.json')))(
    '%s stays shut',
    (_, { json, password }) => {
      expect(decryptKeystore(json, `${password}!`)).toMatchObject({ ok: false, error: { code: 'wrong-password' } });
    },
  );
});
