import type { Hash32 } from '../base/brand.js';
import { bytesEqual, concatBytes } from '../base/bytes.js';
import { fromHex, toHash32 } from '../base/hex.js';
import { rlpList, rlpSequence } from '../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt, rlpBytes } from '../codec/rlp-writer.js';

/** The four values that the state trie holds for an address (Yellow Paper 4.1). */
export interface Account {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly storageRoot: Hash32;
  readonly codeHash: Hash32;
}

/** Root of the empty trie: keccak256(rlp('')). */
export const EMPTY_TRIE_ROOT = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421' as Hash32;
/** Hash of no code: keccak256(''). */
export const EMPTY_CODE_HASH = '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470' as Hash32;
/** Hash of an empty uncle list: keccak256(rlp([])). */
export const EMPTY_UNCLES_HASH = '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347' as Hash32;

/** An address that the state says nothing about reads as this. */
export const EMPTY_ACCOUNT: Account = {
  nonce: 0n,
  balance: 0n,
  storageRoot: EMPTY_TRIE_ROOT,
  codeHash: EMPTY_CODE_HASH,
};

/** The account after a payment: all but nonce and balance stays. */
export function changedAccount({ storageRoot, codeHash }: Account, nonce: bigint, balance: bigint): Account {
  // A copy by spreading would have a shape of its own each time, and make all that reads accounts slower.
  return { nonce, balance, storageRoot, codeHash };
}

// Nearly every account of a chain without contracts ends in these: they are compared as bytes and never spelled out.
const PLAIN_END = concatBytes(rlpBytes(fromHex(EMPTY_TRIE_ROOT)), rlpBytes(fromHex(EMPTY_CODE_HASH)));

/** The value of the state trie: rlp([nonce, balance, storageRoot, codeHash]). */
export function encodeAccount(account: Account): Uint8Array {
  const { storageRoot, codeHash } = account;
  const isPlain = storageRoot === EMPTY_TRIE_ROOT && codeHash === EMPTY_CODE_HASH;
  return encodeRlpList([
    rlpBigInt(account.nonce),
    rlpBigInt(account.balance),
    isPlain ? PLAIN_END : concatBytes(rlpBytes(fromHex(storageRoot)), rlpBytes(fromHex(codeHash))),
  ]);
}

/** The account that {@link encodeAccount} encoded; throws DecodeError. */
export function decodeAccount(bytes: Uint8Array): Account {
  const items = rlpList(bytes);
  const nonce = items.bigint(8);
  const balance = items.bigint(32);
  const end = items.span(2);
  items.done();
  if (bytesEqual(end, PLAIN_END)) return { nonce, balance, storageRoot: EMPTY_TRIE_ROOT, codeHash: EMPTY_CODE_HASH };
  const hashes = rlpSequence(end);
  return { nonce, balance, storageRoot: toHash32(hashes.fixed(32)), codeHash: toHash32(hashes.fixed(32)) };
}

/** True for an account that EIP-161 deletes once it is touched: no nonce, no balance, no code. */
export function isEmptyAccount(account: Account): boolean {
  return account.nonce === 0n && account.balance === 0n && account.codeHash === EMPTY_CODE_HASH;
}
