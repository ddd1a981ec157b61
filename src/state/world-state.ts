import { BoundedMap } from '../base/bounded.js';
import type { Address, Hash32 } from '../base/brand.js';
import { fromHex } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { MissingNodeError, openTrie, type StoredNode, type Trie } from '../trie/trie.js';
import { type Account, decodeAccount, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT, encodeAccount } from '../types/account.js';
import { AccountCache, type AccountChanges } from './account-cache.js';
import { type AccountSource, Journal } from './journal.js';
import { TrieView } from './trie-view.js';
import type { StateView } from './view.js';

/** Where states are stored: trie nodes and code, by their hashes. */
export interface StateStore {
  node(hash: Hash32): Uint8Array | undefined;
  code(hash: Hash32): Uint8Array | undefined;
}

/** Kept open with their nodes: the head, its next few ancestors and siblings, and what RPC asks for again and again. */
const OPEN_TRIES = 16;
/** A branch takes 1.5 kB in memory at most, a leaf 300 B: an open trie that loaded more nodes is opened afresh. */
const MAX_RESIDENT_NODES = 200_000;
/** Hashed addresses remembered, 150 B each: the accounts of several full blocks. */
const HASHED_ADDRESSES = 32_768;

/** The states of all stored blocks. A state that is not stored can't be opened; a hole in a stored one throws MissingNodeError. */
export class WorldState {
  readonly #store: StateStore;
  readonly #tries = new BoundedMap<Hash32, Trie>(OPEN_TRIES);
  readonly #keys = new BoundedMap<Address, Hash32>(HASHED_ADDRESSES);

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** True if the state with this root is stored, as far as its root node tells. */
  has(root: Hash32): boolean {
    return root === EMPTY_TRIE_ROOT || this.#tries.has(root) || this.#store.node(root) !== undefined;
  }

  /** Undefined if the state is not stored. */
  view(root: Hash32): StateView | undefined {
    return this.has(root) ? this.viewOf(root, this.#open(root)) : undefined;
  }

  /** The view of a state that only `trie` may hold yet. */
  viewOf(root: Hash32, trie: Trie): StateView {
    return new TrieView(root, trie, this.#store, this.#keyOf, this.#accounts);
  }

  /** True if every account, storage slot and code of the state can be read. As slow as the state is large. */
  isWhole(root: Hash32): boolean {
    const read = (hash: Hash32) => this.#store.node(hash);
    try {
      for (const [, value] of openTrie(root, read).entries()) {
        const { storageRoot, codeHash } = decodeAccount(value);
        if (codeHash !== EMPTY_CODE_HASH && this.#store.code(codeHash) === undefined) return false;
        for (const _ of openTrie(storageRoot, read).entries()); // reading is all there is to do
      }
      return true;
    } catch (error) {
      if (error instanceof MissingNodeError || error instanceof DecodeError) return false;
      throw error;
    }
  }

  /** A draft of the state after a block, on top of a stored one. `clearEmpty`: EIP-161 applies. */
  draft(root: Hash32, clearEmpty: boolean): StateDraft {
    return new StateDraft(root, this.#open(root), this.#keyOf, this.#accounts, clearEmpty);
  }

  /** Keeps a draft open whose nodes have been stored, for the blocks that build on it. */
  keep({ parentRoot, root, trie, changes }: DraftedState): void {
    this.#tries.set(root, trie);
    this.#accounts.advance(parentRoot, root, changes);
  }

  #open(root: Hash32): Trie {
    const known = this.#tries.get(root);
    if (known !== undefined) {
      if (known.residentNodes <= MAX_RESIDENT_NODES) return known;
      // Every change adds to that count: a walk now and then spares reading a small state from the store again.
      known.recount();
      if (known.residentNodes <= MAX_RESIDENT_NODES / 2) return known;
    }
    const trie = openTrie(root, (hash) => this.#store.node(hash));
    this.#tries.set(root, trie);
    return trie;
  }

  readonly #keyOf = (address: Address): Hash32 => {
    const known = this.#keys.peek(address);
    if (known !== undefined) return known;
    const key = keccak256Hex(fromHex(address));
    this.#keys.set(address, key);
    return key;
  };

  readonly #accounts = new AccountCache(this.#keyOf);
}

/** What a draft has become. */
export interface DraftedState {
  readonly parentRoot: Hash32;
  readonly root: Hash32;
  readonly trie: Trie;
  /** The nodes of all commits. */
  readonly nodes: readonly StoredNode[];
  /** The accounts of all commits. */
  readonly changes: AccountChanges;
}

/** A state under change: a journal over a trie, and the nodes that the changes made. */
export class StateDraft implements AccountSource {
  readonly journal: Journal;
  readonly #parentRoot: Hash32;
  readonly #keyOf: (address: Address) => Hash32;
  readonly #accounts: AccountCache;
  readonly #nodes: StoredNode[] = []; // BOUNDED: by the block's gas limit, through the accounts it changes
  #changes = new Map<Address, Account | undefined>(); // BOUNDED: likewise
  #trie: Trie;

  constructor(
    parentRoot: Hash32,
    trie: Trie,
    keyOf: (address: Address) => Hash32,
    accounts: AccountCache,
    clearEmpty: boolean,
  ) {
    this.#parentRoot = parentRoot;
    this.#trie = trie;
    this.#keyOf = keyOf;
    this.#accounts = accounts;
    this.journal = new Journal(this, clearEmpty);
  }

  /** The account as of the last commit. */
  account(address: Address): Account | undefined {
    if (this.#changes.size > 0) return this.#accounts.load(this.#trie, address);
    return this.#accounts.read(this.#parentRoot, this.#trie, address);
  }

  /** Moves the journal's changes into the trie. */
  commit(): DraftedState {
    const puts: [Hash32, Uint8Array][] = [];
    const changes = this.journal.takeChanges();
    for (const [address, account] of changes) {
      const key = this.#keyOf(address);
      if (account === undefined) this.#trie = this.#trie.delete(key);
      else puts.push([key, encodeAccount(account)]);
    }
    this.#trie = this.#trie.putAll(puts);
    if (this.#changes.size === 0) this.#changes = changes;
    else for (const [address, account] of changes) this.#changes.set(address, account);
    const { root, nodes } = this.#trie.commit();
    for (const node of nodes) this.#nodes.push(node);
    return { parentRoot: this.#parentRoot, root, trie: this.#trie, nodes: this.#nodes, changes: this.#changes };
  }
}
