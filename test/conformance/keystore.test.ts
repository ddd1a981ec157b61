import { beforeAll, expect, it } from 'vitest';
import { decryptKeystore } from '../../src/crypto/keystore.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

type Cases = Readonly<Record<string, { readonly json: unknown; readonly password: string; readonly priv: string }>>;

/** Key files are made to take long: a second of an idle machine each. */
const SLOW_MS = 180_000;

beforeAll(() => selectCrypto());

for (const file of ['keystore/basic_tests.json', 'keystore/v3_test_vector.json']) {
  describeVectors(file, () => {
    const cases = Object.entries(readVector<Cases>(file));
    it('has all its cases', () => expect(cases.length).toBe(expectedCases(file)));

    it.each(cases)(
      '%s opens',
      (name, { json, password, priv }) => {
        expect(decryptKeystore(json, password)).toEqual({ ok: true, value: Uint8Array.from(Buffer.from(priv, 'hex')) });
        passed('keystore', `${file} ${name}`);
      },
      SLOW_MS,
    );
  });
}

// One file is enough: whatever derives the key, the MAC alone decides.
describeVectors('keystore/v3_test_vector.json', () => {
  it('wikipage_test_vector_pbkdf2 stays shut', () => {
    const { wikipage_test_vector_pbkdf2: file } = readVector<Cases>('keystore/v3_test_vector.json');
    const opened = decryptKeystore(file?.json, `${file?.password}!`);
    expect(opened).toMatchObject({ ok: false, error: { code: 'wrong-password' } });
  });
});
