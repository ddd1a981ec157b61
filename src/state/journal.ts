import type { Address } from '../base/brand.js';
import { type Account, EMPTY_ACCOUNT, isEmptyAccount } from '../types/account.js';

/** Where accounts are read that the journal has not changed. */
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
  readonly #changed = new Map<Address, Account | undefined>();

  /** `clearEmpty`: EIP-161 applies. */
  constructor(base: AccountSource, clearEmpty: boolean) {
    this.#base = base;
    this.#clearEmpty = clearEmpty;
  }

  account(address: Address): Account | undefined {
    const changed = this.#changed.get(address);
    if (changed !== undefined || this.#changed.has(address)) return changed;
    return this.#base.account(address);
  }

  /** Stores an account; its storage root and code hash travel along. */
  set(address: Address, account: Account): void {
    this.#changed.set(address, account);
  }

  /**
   * Adds `amount` >= 0 and so touches the account. With EIP-161 an account that is empty afterwards is deleted, or not
   * created; without, a touch creates it.
   */
  credit(address: Address, amount: bigint): void {
    const before = this.account(address);
    const account = before ?? EMPTY_ACCOUNT;
    const after = amount === 0n ? account : { ...account, balance: account.balance + amount };
    if (this.#clearEmpty && isEmptyAccount(after)) {
      if (before !== undefined) this.#changed.set(address, undefined);
    } else if (after !== before) {
      this.#changed.set(address, after);
    }
  }

  /** Every account that was written; undefined where it was deleted. */
  changes(): ReadonlyMap<Address, Account | undefined> {
    return this.#changed;
  }
}
