import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/invariant.js';
import { addressOfPrivateKey, recoverAddress } from '../../../src/crypto/address.js';
import { createIdentity, secp256k1Scheme as scheme } from '../../../src/crypto/identity.js';
import { randomPrivateKey } from '../../../src/crypto/private-key.js';
import { GROUP_ORDER } from '../../../src/crypto/secp256k1/checked.js';
import { crypto } from '../../../src/crypto/select.js';
import { seededRandom } from '../../support/seeded-random.js';

const alice = createIdentity(new Uint8Array(32).fill(1));
const bob = createIdentity(new Uint8Array(32).fill(2));
const digest = new Uint8Array(32).fill(9);

describe('an identity', () => {
  it('is the one of EIP-778', () => {
    const key = Buffer.from('b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291', 'hex');
    expect(createIdentity(key).nodeId).toBe('0xa448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7');
  });

  it('signs what the scheme recovers and verifies', () => {
    const signature = alice.sign(digest);
    expect(signature).toHaveLength(65);
    expect(scheme.recover(digest, signature)).toBe(alice.publicKey);
    expect(scheme.verify(digest, signature.subarray(0, 64), alice.publicKey)).toBe(true);
    expect(scheme.verify(digest, signature.subarray(0, 64), bob.publicKey)).toBe(false);
    expect(scheme.nodeIdOf(alice.publicKey)).toBe(alice.nodeId);
  });

  it('shares a secret with another', () => {
    expect(alice.ecdh(bob.publicKey)).toEqual(bob.ecdh(alice.publicKey));
    expect(alice.ecdh(`0x${'11'.repeat(64)}` as typeof bob.publicKey)).toBeUndefined();
  });

  it('does not follow the array that its key came in', () => {
    const key = new Uint8Array(32).fill(5);
    const identity = createIdentity(key);
    const before = identity.sign(digest);
    key.fill(0);
    expect(identity.sign(digest)).toEqual(before);
  });

  it('needs a valid key', () => {
    expect(() => createIdentity(new Uint8Array(32))).toThrow(InvariantError);
  });

  it('takes no signature of another length', () => {
    const signature = alice.sign(digest);
    expect(scheme.recover(digest, signature.subarray(0, 64))).toBeUndefined();
    expect(scheme.recover(digest, Buffer.concat([signature, Buffer.of(0)]))).toBeUndefined();
  });
});

describe('an address', () => {
  const key = new Uint8Array(32).fill(7);

  it('is recovered from a signature', () => {
    const signature = crypto().sign(digest, key);
    expect(recoverAddress(digest, signature)).toBe(addressOfPrivateKey(key));
  });

  const bad = [
    { name: 'r = 0', change: { r: 0n } },
    { name: 's = 0', change: { s: 0n } },
    { name: 'r = n', change: { r: GROUP_ORDER } },
    { name: 's above 256 bits', change: { s: 2n ** 256n } },
    { name: 'r above 256 bits', change: { r: 2n ** 300n } },
  ];
  it.each(bad)('is not recovered from $name', ({ change }) => {
    expect(recoverAddress(digest, { ...crypto().sign(digest, key), ...change })).toBeUndefined();
  });
});

describe('randomPrivateKey', () => {
  it('draws again when a key is out of range', () => {
    const draws = [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(4)];
    const random = { ...seededRandom(1), bytes: () => draws.shift() ?? new Uint8Array(32) };
    expect(randomPrivateKey(random)).toEqual(new Uint8Array(32).fill(4));
  });
});
