import { BoundedMap } from '../base/bounded.js';
import type { Address, Hash32 } from '../base/brand.js';
import type { Trie } from '../trie/trie.js';
import { type Account, decodeAccount } from '../types/account.js';

/** Accounts kept decoded, 300 B each: those of several full blocks, and what wallets ask for again and again. */
const KEPT_ACCOUNTS = 32_768;

/** Accounts that a block changed, undefined where it deleted one. */
export type AccountChanges = ReadonlyMap<Address, Account | undefined>;

/**
 * Accounts of one state, that of the block stored last: nearly all reads are of it, and a block on top of it leaves most
 * of them as they are. Of other states nothing is kept, so what is read is right on every fork.
 */
export class AccountCache {
  readonly #accounts = new BoundedMap<Address, Account | null>(KEPT_ACCOUNTS);
  readonly #keyOf: (address: Address) => Hash32;
  #root: Hash32 | undefined;

  constructor(keyOf: (address: Address) => Hash32) {
    this.#keyOf = keyOf;
  }

  /** The account in `trie`, whatever is kept here. */
  load(trie: Trie, address: Address): Account | undefined {
    const value = trie.get(this.#keyOf(address));
    return value === undefined ? undefined : decodeAccount(value);
  }

  /** The account in `trie`, whose root is `root`. */
  read(root: Hash32, trie: Trie, address: Address): Account | undefined {
    // Before a block is stored, the first state that is asked for: the head's.
    this.#root ??= root;
    if (root !== this.#root) return this.load(trie, address);
    const known = this.#accounts.peek(address);
    if (known !== undefined) return known ?? undefined;
    const account = this.load(trie, address);
    this.#accounts.set(address, account ?? null);
    return account;
  }

  /** Goes over to the state `root`, which differs from `parentRoot` in `changes` and nothing else. */
  advance(parentRoot: Hash32, root: Hash32, changes: AccountChanges): void {
    if (parentRoot !== this.#root) this.#accounts.clear();
    this.#root = root;
    for (const [address, account] of changes) this.#accounts.set(address, account ?? null);
  }
}
