import type { Address, Hash32 } from '../base/brand.js';
import type { Account } from '../types/account.js';

/** The world state under one root. Reads never fail for an address that is not there; a hole in the store throws. */
export interface StateView {
  readonly root: Hash32;
  /** Undefined if the state says nothing about the address; an empty account that exists is not undefined. */
  account(address: Address): Account | undefined;
  /** Empty for an account without code. */
  code(address: Address): Uint8Array;
  /** The 32-byte word in a slot; zero if nothing is there. `slot` is the plain slot number in 32 bytes. */
  storage(address: Address, slot: Hash32): Hash32;
  /** EIP-1186: the trie nodes from the root to the account, or to where its absence shows. */
  accountProof(address: Address): readonly Uint8Array[];
  /** EIP-1186: the same within the account's storage trie. */
  storageProof(address: Address, slot: Hash32): readonly Uint8Array[];
  /** Every account by the keccak256 of its address, in that order, from `from` on; for dumps and tests. */
  accounts(from?: Hash32): IterableIterator<readonly [addressHash: Hash32, account: Account]>;
}
