import type { Address, Hash32 } from '../base/brand.js';
import { EMPTY_BYTES } from '../base/bytes.js';
import { fromHex, toHash32, ZERO_HASH } from '../base/hex.js';
import { invariant } from '../base/invariant.js';
import { rlpSequence } from '../codec/rlp-reader.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { openTrie, type Trie } from '../trie/trie.js';
import { type Account, decodeAccount, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT } from '../types/account.js';
import type { AccountCache } from './account-cache.js';
import type { StateView } from './view.js';
import type { StateStore } from './world-state.js';

/** A {@link StateView} over the trie of a root. */
export class TrieView implements StateView {
  readonly root: Hash32;
  readonly #trie: Trie;
  readonly #store: StateStore;
  readonly #keyOf: (address: Address) => Hash32;
  readonly #accounts: AccountCache;

  constructor(
    root: Hash32,
    trie: Trie,
    store: StateStore,
    keyOf: (address: Address) => Hash32,
    accounts: AccountCache,
  ) {
    this.root = root;
    this.#trie = trie;
    this.#store = store;
    this.#keyOf = keyOf;
    this.#accounts = accounts;
  }

  account(address: Address): Account | undefined {
    return this.#accounts.read(this.root, this.#trie, address);
  }

  code(address: Address): Uint8Array {
    const hash = this.account(address)?.codeHash ?? EMPTY_CODE_HASH;
    if (hash === EMPTY_CODE_HASH) return EMPTY_BYTES;
    const code = this.#store.code(hash);
    invariant(code !== undefined, `the store lost the code ${hash}`);
    return code;
  }

  storage(address: Address, slot: Hash32): Hash32 {
    const value = this.#storageTrie(address)?.get(keccak256Hex(fromHex(slot)));
    if (value === undefined) return ZERO_HASH;
    const word = new Uint8Array(32);
    const bytes = rlpSequence(value).bytesUpTo(32);
    word.set(bytes, 32 - bytes.length);
    return toHash32(word);
  }

  accountProof(address: Address): readonly Uint8Array[] {
    return this.#trie.proof(this.#keyOf(address));
  }

  storageProof(address: Address, slot: Hash32): readonly Uint8Array[] {
    return this.#storageTrie(address)?.proof(keccak256Hex(fromHex(slot))) ?? [];
  }

  *accounts(from?: Hash32): IterableIterator<readonly [Hash32, Account]> {
    for (const [key, value] of this.#trie.entries(from)) yield [key as Hash32, decodeAccount(value)];
  }

  #storageTrie(address: Address): Trie | undefined {
    const root = this.account(address)?.storageRoot ?? EMPTY_TRIE_ROOT;
    return root === EMPTY_TRIE_ROOT ? undefined : openTrie(root, (hash) => this.#store.node(hash));
  }
}
