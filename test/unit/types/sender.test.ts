import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES } from '../../../src/base/bytes.js';
import { ZERO_ADDRESS } from '../../../src/base/hex.js';
import { InvariantError } from '../../../src/base/invariant.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { senderOf, setSender, signTransaction } from '../../../src/types/sender.js';
import { decodeTransaction, withSignature } from '../../../src/types/transaction-codec.js';

const KEY = new Uint8Array(32).fill(7);
const FIELDS = {
  type: 0,
  chainId: 5n,
  nonce: 1n,
  gasPrice: 2n,
  gasLimit: 21_000n,
  to: ZERO_ADDRESS,
  value: 3n,
  data: EMPTY_BYTES,
} as const;

describe('sender', () => {
  it('is known at once to who signed', () => {
    expect(signTransaction(FIELDS, KEY).sender).toBe(addressOfPrivateKey(KEY));
  });

  it('is recovered by others, once', () => {
    const tx = decodeTransaction(signTransaction(FIELDS, KEY).raw);
    expect(tx.sender).toBeUndefined();
    expect(senderOf(tx)).toBe(addressOfPrivateKey(KEY));
    expect(tx.sender).toBe(addressOfPrivateKey(KEY));
  });

  it('is nobody for a signature that nobody can have made', () => {
    expect(senderOf(withSignature(FIELDS, { r: 0n, s: 1n, yParity: 0 }))).toBeUndefined();
  });

  it('never changes', () => {
    const tx = signTransaction(FIELDS, KEY);
    setSender(tx, addressOfPrivateKey(KEY));
    expect(() => setSender(tx, ZERO_ADDRESS)).toThrow(InvariantError);
  });
});
