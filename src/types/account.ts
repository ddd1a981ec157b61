import type { Hash32 } from '../base/brand.js';

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
