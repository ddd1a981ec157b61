import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { cryptoBackends } from '../support/crypto-backends.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';
import { notApplicableTo } from './not-applicable.js';
import { parseDerSignature } from './support/der-signature.js';

const ECDSA = 'secp256k1/ecdsa_secp256k1_sha256_bitcoin_test.json';
const ECDH = 'secp256k1/ecdh_secp256k1_test.json';

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}
interface EcdsaGroup {
  readonly publicKey: { readonly uncompressed: string };
  readonly tests: readonly (Case & { readonly msg: string; readonly sig: string })[];
}
interface EcdhGroup {
  readonly tests: readonly (Case & { readonly public: string; readonly private: string; readonly shared: string })[];
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (value: Uint8Array | undefined): string | undefined => value && Buffer.from(value).toString('hex');

/** Each list is run as one test an implementation: thousands of test names would bury the others. */
const backends = cryptoBackends();

describeVectors(ECDSA, () => {
  const { testGroups } = readVector<{ testGroups: EcdsaGroup[] }>(ECDSA);
  const cases = testGroups.flatMap(({ publicKey, tests }) =>
    tests.map((test) => ({ ...test, publicKey: bytes(publicKey.uncompressed).subarray(1) })),
  );

  it('has all its cases', () => {
    expect(cases.length).toBe(expectedCases(ECDSA));
    expect(cases.filter(({ result }) => result === 'valid')).toHaveLength(162);
  });

  it('verifies what is valid, with a low s, and nothing else', () => {
    for (const crypto of backends) {
      const wrong = cases.filter(({ msg, sig, publicKey, result }) => {
        const signature = parseDerSignature(bytes(sig));
        const digest = createHash('sha256').update(bytes(msg)).digest();
        const verified = signature !== undefined && crypto.verify(digest, signature, publicKey);
        return verified !== (result === 'valid');
      });
      expect(wrong.map(({ tcId, comment }) => `${crypto.name} ${tcId} ${comment}`)).toEqual([]);
    }
    passed('ecdsa', ...cases.map(({ tcId }) => String(tcId)));
  }, 120_000);
});

/** What stands before a point on secp256k1 in a SubjectPublicKeyInfo, uncompressed or not. The node itself has raw points. */
const HEADERS = ['3056301006072a8648ce3d020106052b8104000a034200', '3036301006072a8648ce3d020106052b8104000a032200'];
const POINT_PREFIX = '04';

describeVectors(ECDH, () => {
  const { testGroups } = readVector<{ testGroups: EcdhGroup[] }>(ECDH);
  const all = testGroups.flatMap(({ tests }) => tests);
  const left = new Set(notApplicableTo('ecdh'));
  const cases = all.filter(({ tcId }) => !left.has(String(tcId)));

  it('has all its cases, of which 494 are about points rather than DER', () => {
    expect(all.length).toBe(expectedCases(ECDH));
    expect(cases.filter(({ result }) => result === 'valid')).toHaveLength(473);
    expect(cases.filter(({ result }) => result === 'invalid')).toHaveLength(21);
  });

  it('leaves out only verdicts that are open and keys that are no point of ours behind a header', () => {
    const others = all.filter(({ tcId }) => left.has(String(tcId)));
    const wrongly = others.filter(
      (test) => test.result !== 'acceptable' && HEADERS.some((header) => test.public.startsWith(header)),
    );
    expect(wrongly).toEqual([]);
    expect(others.filter(({ result }) => result === 'valid')).toEqual([]);
  });

  it('shares the right secret, and none with what is not a point', () => {
    for (const crypto of backends) {
      const wrong = cases.filter((test) => {
        const header =
          HEADERS.find((start) => test.public.startsWith(start)) ?? expect.fail(`${test.tcId} is no point`);
        const point = test.public.slice(header.length);
        const privateKey = bytes(test.private.padStart(64, '0').slice(-64));
        // A point without the prefix of uncompressed ones never gets further than its length.
        const publicKey = bytes(point.startsWith(POINT_PREFIX) ? point.slice(2) : point);
        const shared = hexOf(crypto.ecdh(privateKey, publicKey));
        return shared !== (test.result === 'valid' ? test.shared : undefined);
      });
      expect(wrong.map(({ tcId, comment }) => `${crypto.name} ${tcId} ${comment}`)).toEqual([]);
    }
    passed('ecdh', ...cases.map(({ tcId }) => String(tcId)));
  }, 120_000);
});
