import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../../src/base/hex.js';
import { ECIES_OVERHEAD, eciesDecrypt, eciesEncrypt } from '../../../src/crypto/ecies.js';
import { createIdentity } from '../../../src/crypto/identity.js';
import { seededRandom } from '../../support/seeded-random.js';

const random = seededRandom('ecies');
const bob = createIdentity(new Uint8Array(32).fill(2));
const eve = createIdentity(new Uint8Array(32).fill(3));
const MESSAGE = Buffer.from('the vine is ripe');
const SIZE = Uint8Array.of(0, 129);
const NOTHING = new Uint8Array(0);

function encrypt(message: Uint8Array, macData: Uint8Array): Uint8Array {
  const encrypted = eciesEncrypt(random, bob.publicKey, message, macData);
  if (encrypted === undefined) throw new Error('not encrypted');
  return encrypted;
}

describe('ECIES', () => {
  it.each([0, 1, 16, 1000])('carries %i bytes', (length) => {
    const message = new Uint8Array(length).fill(9);
    const encrypted = encrypt(message, SIZE);
    expect(encrypted.length).toBe(length + ECIES_OVERHEAD);
    expect(Buffer.from(message).equals(eciesDecrypt(bob, encrypted, SIZE) ?? Buffer.from('no'))).toBe(true);
  });

  it('never gives the same twice', () => {
    expect(encrypt(MESSAGE, SIZE)).not.toEqual(encrypt(MESSAGE, SIZE));
  });

  it('opens for nobody else', () => {
    expect(eciesDecrypt(eve, encrypt(MESSAGE, SIZE), SIZE)).toBeUndefined();
  });

  it('does not open with other authenticated data', () => {
    const encrypted = encrypt(MESSAGE, SIZE);
    expect(eciesDecrypt(bob, encrypted, Uint8Array.of(0, 128))).toBeUndefined();
    expect(eciesDecrypt(bob, encrypted, NOTHING)).toBeUndefined();
  });

  it('does not open with any byte changed or cut off', () => {
    const encrypted = encrypt(MESSAGE, NOTHING);
    for (let at = 0; at < encrypted.length; at++) {
      const changed = Uint8Array.from(encrypted);
      changed[at] = (encrypted[at] as number) ^ 1;
      expect(eciesDecrypt(bob, changed, NOTHING), `byte ${at} changed`).toBeUndefined();
      expect(eciesDecrypt(bob, encrypted.subarray(0, at), NOTHING), `cut at ${at}`).toBeUndefined();
    }
  });

  it('does not encrypt for a key that is not a point', () => {
    const bad = parsePublicKey(`0x${'11'.repeat(64)}`);
    expect(bad && eciesEncrypt(random, bad, MESSAGE, NOTHING)).toBeUndefined();
  });
});
