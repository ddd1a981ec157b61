import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRlp } from '../../../src/codec/rlp-writer.js';
import { keccak256Hex } from '../../../src/crypto/keccak.js';
import {
  decodeAccount,
  EMPTY_ACCOUNT,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  EMPTY_UNCLES_HASH,
  encodeAccount,
  isEmptyAccount,
} from '../../../src/types/account.js';
import { hash32, uint } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const account = fc.record({
  nonce: uint(64),
  balance: uint(256),
  storageRoot: fc.oneof(hash32, fc.constant(EMPTY_TRIE_ROOT)),
  codeHash: fc.oneof(hash32, fc.constant(EMPTY_CODE_HASH)),
});

describe('account', () => {
  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(account, (value) => {
        expect(decodeAccount(encodeAccount(value))).toEqual(value);
      }),
    );
  });

  it('is refused truncated anywhere or followed by anything', () => {
    expectWholeOnly(encodeAccount({ ...EMPTY_ACCOUNT, nonce: 300n, balance: 10n ** 20n }), decodeAccount);
  });

  it('the hashes of nothing are what they say', () => {
    expect(EMPTY_TRIE_ROOT).toBe(keccak256Hex(encodeRlp(new Uint8Array(0))));
    expect(EMPTY_CODE_HASH).toBe(keccak256Hex(new Uint8Array(0)));
    expect(EMPTY_UNCLES_HASH).toBe(keccak256Hex(encodeRlp([])));
  });

  it.each([
    ['nothing', EMPTY_ACCOUNT, true],
    ['a nonce', { ...EMPTY_ACCOUNT, nonce: 1n }, false],
    ['a balance', { ...EMPTY_ACCOUNT, balance: 1n }, false],
    ['code', { ...EMPTY_ACCOUNT, codeHash: EMPTY_TRIE_ROOT }, false],
    ['storage only', { ...EMPTY_ACCOUNT, storageRoot: EMPTY_CODE_HASH }, true],
  ])('with %s: empty in the sense of EIP-161 %#', (_, value, empty) => expect(isEmptyAccount(value)).toBe(empty));
});
