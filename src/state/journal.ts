import type { Address } from '../base/brand.js';
import { type Account, changedAccount, EMPTY_ACCOUNT, isEmptyAccount } from '../types/account.js';

/** Where accounts are read that a journal has not changed. */
export interface AccountSource {
  account(address: Address): Account | undefined;
}

/**
 * The accounts that a block changes, on top of the state before it. Callers check first and write after, so there is
 * nothing to roll back: a transaction that fails its checks has written nothing.
 */
export class Journal implements AccountSource {
  readonly #base: AccountSource;
  readonly #clearEmpty: boolean;
  // BOUNDED: by the block's gas limit; a transaction changes at most three accounts.
  #changed = new Map<Address, Account | undefined>();
  // BOUNDED: like the changes. What was read is read again when it is changed.
  #unchanged = new Map<Address, Account | undefined>();
  readonly #touched: Address[] = []; // BOUNDED: emptied by settle() after each transaction

  /** `clearEmpty`: EIP-161 applies. */
  constructor(base: AccountSource, clearEmpty: boolean) {
    this.#base = base;
    this.#clearEmpty = clearEmpty;
  }

  account(address: Address): Account | undefined {
    const changed = this.#changed.get(address);
    if (changed !== undefined || this.#changed.has(address)) return changed;
    const read = this.#unchanged.get(address);
    if (read !== undefined || this.#unchanged.has(address)) return read;
    const account = this.#base.account(address);
    this.#unchanged.set(address, account);
    return account;
  }

  /** Stores an account; its storage root and code hash travel along. */
  set(address: Address, account: Account): void {
    this.#changed.set(address, account);
  }

  /**
   * Adds `amount` >= 0 and so touches the account. Before EIP-161 a touch creates a missing account; from then on
   * nothing creates an empty one, and {@link settle} deletes it if it was there.
   */
  credit(address: Address, amount: bigint): void {
    const before = this.account(address);
    if (this.#clearEmpty && before === undefined && amount === 0n) return;
    const account = before ?? EMPTY_ACCOUNT;
    // One that has something now can lose it only as a sender, who has a nonce then.
    if (this.#clearEmpty && amount === 0n && isEmptyAccount(account)) this.#touched.push(address);
    if (amount > 0n) this.#changed.set(address, changedAccount(account, account.nonce, account.balance + amount));
    else if (before === undefined) this.#changed.set(address, account);
  }

  /** Ends a transaction, or the payment of rewards: touched accounts that are empty now are deleted (EIP-161). */
  settle(): void {
    for (const address of this.#touched) {
      const account = this.account(address);
      if (account !== undefined && isEmptyAccount(account)) this.#changed.set(address, undefined);
    }
    this.#touched.length = 0;
  }

  /** Every account that was written since the last call, undefined where it was deleted; the caller's own. The source must hold them next. */
  takeChanges(): Map<Address, Account | undefined> {
    const changes = this.#changed;
    this.#changed = new Map();
    this.#unchanged = new Map();
    return changes;
  }
}
