import { BoundedMap } from '../base/bounded.js';
import type { Address, Hash32 } from '../base/brand.js';
import { fromHex } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import { keccak256Hex } from '../crypto/keccak.js';
import { MissingNodeError, openTrie, type StoredNode, type Trie } from '../trie/trie.js';
import { type Account, decodeAccount, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT, encodeAccount } from '../types/account.js';
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
  /** The view that was asked for last, nearly always the head's, with the accounts that it read. */
  #latest: { readonly trie: Trie; readonly view: StateView } | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** True if the state with this root is stored, as far as its root node tells. */
  has(root: Hash32): boolean {
    return root === EMPTY_TRIE_ROOT || this.#tries.has(root) || this.#store.node(root) !== undefined;
  }

  /** Undefined if the state is not stored. */
  view(root: Hash32): StateView | undefined {
    if (!this.has(root)) return undefined;
    const trie = this.#open(root);
    if (this.#latest?.trie !== trie) this.#latest = { trie, view: this.viewOf(root, trie) };
    return this.#latest.view;
  }

  /** The view of a state that only `trie` may hold yet. */
  viewOf(root: Hash32, trie: Trie): StateView {
    return new TrieView(root, trie, this.#store, this.#keyOf);
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
    return new StateDraft(this.#open(root), this.#keyOf, clearEmpty);
  }

  /** Keeps a trie open whose nodes have been stored, for the blocks that build on it. */
  keep(root: Hash32, trie: Trie): void {
    this.#tries.set(root, trie);
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
}

/** A state under change: a journal over a trie, and the nodes that the changes made. */
export class StateDraft implements AccountSource {
  readonly journal: Journal;
  readonly #keyOf: (address: Address) => Hash32;
  readonly #nodes: StoredNode[] = []; // BOUNDED: by the block's gas limit, through the accounts it changes
  #trie: Trie;

  constructor(trie: Trie, keyOf: (address: Address) => Hash32, clearEmpty: boolean) {
    this.#trie = trie;
    this.#keyOf = keyOf;
    this.journal = new Journal(this, clearEmpty);
  }

  /** The account as of the last commit. */
  account(address: Address): Account | undefined {
    const value = this.#trie.get(this.#keyOf(address));
    return value === undefined ? undefined : decodeAccount(value);
  }

  /** Moves the journal's changes into the trie and returns its root, with the nodes of all commits so far. */
  commit(): { readonly root: Hash32; readonly nodes: readonly StoredNode[]; readonly trie: Trie } {
    const puts: [Hash32, Uint8Array][] = [];
    for (const [address, account] of this.journal.takeChanges()) {
      const key = this.#keyOf(address);
      if (account === undefined) this.#trie = this.#trie.delete(key);
      else puts.push([key, encodeAccount(account)]);
    }
    this.#trie = this.#trie.putAll(puts);
    const { root, nodes } = this.#trie.commit();
    for (const node of nodes) this.#nodes.push(node);
    return { root, nodes: this.#nodes, trie: this.#trie };
  }
}
