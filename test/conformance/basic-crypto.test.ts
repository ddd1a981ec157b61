import { describe, expect, it } from 'vitest';
import { toPublicKey } from '../../src/base/hex.js';
import { decodeRlp, type RlpItem } from '../../src/codec/rlp-reader.js';
import { encodeRlp } from '../../src/codec/rlp-writer.js';
import { addressOfPrivateKey, recoverAddress } from '../../src/crypto/address.js';
import { aesCtr } from '../../src/crypto/aes-ctr.js';
import { eciesDecrypt } from '../../src/crypto/ecies.js';
import { createIdentity } from '../../src/crypto/identity.js';
import { keccak256 } from '../../src/crypto/keccak.js';
import { crypto } from '../../src/crypto/select.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (value: Uint8Array | undefined): string | undefined => value && Buffer.from(value).toString('hex');

describeVectors('basic/keyaddrtest.json', () => {
  const cases = readVector<{ seed: string; key: string; addr: string }[]>('basic/keyaddrtest.json');
  it('has all its cases', () => expect(cases.length).toBe(expectedCases('basic/keyaddrtest.json')));
  it.each(cases)('$seed', ({ seed, key, addr }) => {
    expect(hexOf(keccak256(Buffer.from(seed)))).toBe(key);
    expect(addressOfPrivateKey(bytes(key))).toBe(`0x${addr}`);
    passed('keys-and-ciphers', seed);
  });
});

describeVectors('basic/crypto.json', () => {
  const cases = readVector<Record<string, { key: string; cipher: string; payload: string }>>('basic/crypto.json');
  const caseOf = (name: string) => cases[name] ?? { key: '', cipher: '', payload: '' };

  it('has all its cases', () => {
    expect(Object.keys(cases).length).toBe(expectedCases('basic/crypto.json'));
    expect(Object.keys(cases).sort()).toEqual(['aes1', 'ecies1']);
  });
  it('aes1: AES-256-CTR from a counter block of zero', () => {
    const { key, cipher, payload } = caseOf('aes1');
    expect(hexOf(aesCtr(bytes(key), new Uint8Array(16), bytes(cipher)))).toBe(payload);
    passed('keys-and-ciphers', 'aes1');
  });
  it('ecies1: without authenticated data', () => {
    const { key, cipher, payload } = caseOf('ecies1');
    expect(hexOf(eciesDecrypt(createIdentity(bytes(key)), bytes(cipher), new Uint8Array(0)))).toBe(payload);
    passed('keys-and-ciphers', 'ecies1');
  });
});

interface TransactionCase {
  readonly key: string;
  readonly unsigned: string;
  readonly signed: string;
}

/** The fields of a legacy transaction in its nine-element form. */
function fieldsOf(hex: string): readonly RlpItem[] {
  const item = decodeRlp(bytes(hex));
  if (item instanceof Uint8Array || item.length !== 9) throw new Error('nine fields expected');
  return item;
}

const integer = (item: RlpItem | undefined): bigint => BigInt(`0x${hexOf(item as Uint8Array)}`);

// The encodings and signatures themselves, below any idea of a transaction's validity: the second has a high s.
describeVectors('basic/txtest.json', () => {
  const cases = readVector<TransactionCase[]>('basic/txtest.json');
  it('has all its cases', () => expect(cases.length).toBe(expectedCases('basic/txtest.json')));

  describe.each(cases)('$key', ({ key, unsigned, signed }) => {
    const fields = fieldsOf(signed);
    const digest = keccak256(encodeRlp(fields.slice(0, 6)));
    const [v, r, s] = [integer(fields[6]), integer(fields[7]), integer(fields[8])];

    it('is re-encoded as it was', () => {
      expect(hexOf(encodeRlp(fields))).toBe(signed);
      const empty = new Uint8Array(0);
      expect(hexOf(encodeRlp([...fields.slice(0, 6), empty, empty, empty]))).toBe(unsigned);
    });
    it('recovers to its sender', () => {
      expect(recoverAddress(digest, { r, s, yParity: v === 27n ? 0 : 1 })).toBe(addressOfPrivateKey(bytes(key)));
    });
  });

  it('the first is signed the same way, deterministically, by us', () => {
    const fields = fieldsOf(cases[0]?.signed ?? '');
    const { key } = cases[0] ?? { key: '' };
    const { r, s } = crypto().sign(keccak256(encodeRlp(fields.slice(0, 6))), bytes(key));
    expect(toPublicKey(crypto().publicKey(bytes(key)))).toHaveLength(130);
    expect({ r, s }).toEqual({ r: integer(fields[7]), s: integer(fields[8]) });
  });
});
