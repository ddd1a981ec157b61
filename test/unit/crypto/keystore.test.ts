import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.js';
import { deriveKey } from '../../../src/crypto/kdf.js';
import { keccak256 } from '../../../src/crypto/keccak.js';
import { decryptKeystore, encryptKeystore } from '../../../src/crypto/keystore.js';
import type { KeystoreFile } from '../../../src/crypto/keystore-file.js';
import { seededRandom } from '../../support/seeded-random.js';

const KEY = new Uint8Array(32).fill(0x11);
const CHEAP = { n: 16, r: 8, p: 1 };
const PASSWORD = 'pässwörd 🍇';
const file = encryptKeystore(KEY, PASSWORD, seededRandom('keystore'), CHEAP);

/** The file with a change somewhere, as any JSON. */
function changed(change: (json: { [key: string]: unknown; crypto: Record<string, unknown> }) => void): unknown {
  const json = JSON.parse(JSON.stringify(file));
  change(json);
  return json;
}

describe('a key file', () => {
  it('opens with its password', () => {
    expect(decryptKeystore(JSON.parse(JSON.stringify(file)), PASSWORD)).toEqual({ ok: true, value: KEY });
  });

  it('names its address and has a random version 4 id', () => {
    expect(file.address).toBe('19e7e376e7c213b7e7e7e46cc70a5dd086daff2a');
    expect(file.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(encryptKeystore(KEY, PASSWORD, seededRandom('other'), CHEAP).id).not.toBe(file.id);
  });

  it('never uses a salt or iv twice', () => {
    const random = seededRandom('twice');
    const [first, second] = [encryptKeystore(KEY, 'a', random, CHEAP), encryptKeystore(KEY, 'a', random, CHEAP)];
    expect(first.crypto.kdfparams.salt).not.toBe(second.crypto.kdfparams.salt);
    expect(first.crypto.cipherparams.iv).not.toBe(second.crypto.cipherparams.iv);
  });

  it('tells a wrong password from a broken file', () => {
    expect(decryptKeystore(file, 'password')).toMatchObject({ ok: false, error: { code: 'wrong-password' } });
  });

  it('opens without an address, with hex prefixes and with the old capital name', () => {
    const bare = changed((json) => {
      delete json.address;
      json.Crypto = { ...json.crypto, mac: `0x${String(json.crypto.mac)}` };
      Reflect.deleteProperty(json, 'crypto');
    });
    expect(decryptKeystore(bare, PASSWORD)).toEqual({ ok: true, value: KEY });
  });

  const kdfparams = (parameters: Record<string, unknown>) => (json: { crypto: Record<string, unknown> }) => {
    json.crypto.kdfparams = { ...file.crypto.kdfparams, ...parameters };
  };
  const bad: { name: string; json: unknown; code: string }[] = [
    { name: 'null', json: null, code: 'malformed' },
    { name: 'a string', json: 'key', code: 'malformed' },
    { name: 'a list', json: [], code: 'malformed' },
    { name: 'an empty object', json: {}, code: 'unsupported' },
    { name: 'version 1', json: changed((json) => (json.version = 1)), code: 'unsupported' },
    { name: 'no crypto', json: changed((json) => Reflect.deleteProperty(json, 'crypto')), code: 'unsupported' },
    { name: 'another cipher', json: changed((json) => (json.crypto.cipher = 'aes-128-cbc')), code: 'unsupported' },
    { name: 'another kdf', json: changed((json) => (json.crypto.kdf = 'argon2')), code: 'unsupported' },
    { name: 'a short iv', json: changed((json) => (json.crypto.cipherparams = { iv: 'ab' })), code: 'malformed' },
    {
      name: 'a long ciphertext',
      json: changed((json) => (json.crypto.ciphertext = '00'.repeat(33))),
      code: 'malformed',
    },
    { name: 'a mac that is not hex', json: changed((json) => (json.crypto.mac = 'zz'.repeat(32))), code: 'malformed' },
    { name: 'a mac that is a number', json: changed((json) => (json.crypto.mac = 7)), code: 'malformed' },
    { name: 'a bad address', json: changed((json) => (json.address = '0x12')), code: 'malformed' },
    { name: 'another address', json: changed((json) => (json.address = '00'.repeat(20))), code: 'address-mismatch' },
    { name: 'a salt that is not hex', json: changed(kdfparams({ salt: 'salt' })), code: 'malformed' },
    { name: 'an endless salt', json: changed(kdfparams({ salt: '00'.repeat(2000) })), code: 'malformed' },
    { name: 'a long key', json: changed(kdfparams({ dklen: 64 })), code: 'unsupported' },
    { name: 'n that is no power of two', json: changed(kdfparams({ n: 1000 })), code: 'malformed' },
    { name: 'n = 1', json: changed(kdfparams({ n: 1 })), code: 'malformed' },
    { name: 'r = 0', json: changed(kdfparams({ r: 0 })), code: 'malformed' },
    { name: 'a fractional p', json: changed(kdfparams({ p: 1.5 })), code: 'malformed' },
    { name: 'n of 1 GiB of memory', json: changed(kdfparams({ n: 2 ** 20, r: 8 })), code: 'too-costly' },
    { name: 'p of hours', json: changed(kdfparams({ n: 2 ** 18, p: 1000 })), code: 'too-costly' },
    { name: 'pbkdf2 with another prf', json: pbkdf2({ prf: 'hmac-sha1' }), code: 'unsupported' },
    { name: 'pbkdf2 without iterations', json: pbkdf2({ c: 0 }), code: 'malformed' },
    { name: 'pbkdf2 for hours', json: pbkdf2({ c: 1e12 }), code: 'too-costly' },
  ];
  it.each(bad)('is refused: $name', ({ json, code }) => {
    expect(decryptKeystore(json, PASSWORD)).toMatchObject({ ok: false, error: { code } });
  });

  function pbkdf2(parameters: Record<string, unknown>): unknown {
    return changed((json) => {
      json.crypto.kdf = 'pbkdf2';
      json.crypto.kdfparams = { dklen: 32, salt: '00', c: 1000, prf: 'hmac-sha256', ...parameters };
    });
  }

  it('that holds no valid key is refused although its password is right', () => {
    // Encrypt the key 1, then flip the last bit of the ciphertext: the plaintext is zero. The MAC is made to fit.
    const one = new Uint8Array(32);
    one[31] = 1;
    const made: KeystoreFile = encryptKeystore(one, PASSWORD, seededRandom(2), CHEAP);
    expect(decryptKeystore(made, PASSWORD).ok).toBe(true);
    const zero = withKeyZero(made);
    expect(decryptKeystore(zero, PASSWORD)).toMatchObject({ ok: false, error: { code: 'malformed' } });
  });
});

/** The file of the key 1, turned into one of the key 0 by someone who knows the password. */
function withKeyZero(file: KeystoreFile): unknown {
  const derived = deriveKey(PASSWORD, {
    kdf: 'scrypt',
    salt: Buffer.from(file.crypto.kdfparams.salt, 'hex'),
    ...CHEAP,
  });
  const ciphertext = Buffer.from(file.crypto.ciphertext, 'hex');
  ciphertext[31] = (ciphertext[31] as number) ^ 1;
  const mac = Buffer.from(keccak256(concatBytes(derived.subarray(16), ciphertext))).toString('hex');
  return { ...file, address: undefined, crypto: { ...file.crypto, ciphertext: ciphertext.toString('hex'), mac } };
}
