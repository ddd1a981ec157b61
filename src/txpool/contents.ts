import { BoundedSet } from '../base/bounded.js';
import type { Address, Hash32 } from '../base/brand.js';
import type { Transaction } from '../types/transaction.js';
import type { AccountEntries, Place } from './account-entries.js';
import type { Entry } from './entry.js';
import { Journal } from './journal.js';
import type { TxPoolConfig } from './pool.js';
import { type Offer, Victims } from './victims.js';

/**
 * What the pool holds, with every sum and index over it. All changes go through here, so that they stay equal; whether
 * a change is allowed is decided elsewhere.
 */
export class Contents {
  // BOUNDED: like the next, by globalSlots and globalQueue: every entry takes a slot, no account is kept without one.
  readonly byHash = new Map<Hash32, Entry>();
  readonly accounts = new Map<Address, AccountEntries>();
  readonly slots: Record<Place, number> = { pending: 0, queued: 0 };
  readonly counts: Record<Place, number> = { pending: 0, queued: 0 };
  readonly journal = new Journal();
  baseFee = 0n;
  local = 0;
  revision = 0;
  readonly #added: BoundedSet<Hash32>;
  readonly #spendthrifts: Victims;
  readonly #victims: Record<Place, Victims>;

  constructor(config: TxPoolConfig) {
    this.#added = new BoundedSet(config.globalSlots);
    this.#spendthrifts = new Victims(this.accounts, 'pending', config.accountSlots);
    this.#victims = {
      pending: new Victims(this.accounts, 'pending', 0),
      queued: new Victims(this.accounts, 'queued', 0),
    };
  }

  /** Puts a new entry into its account: at the end of `pending` or anywhere in `queued`. */
  insert(account: AccountEntries, place: Place, entry: Entry): void {
    this.accounts.set(account.address, account);
    this.#remember(entry);
    this.#settle(account, place, entry);
  }

  /** Exchanges the entry at `index` for one with the same nonce. */
  replace(account: AccountEntries, place: Place, index: number, entry: Entry): void {
    const old = account[place][index] as Entry;
    this.#count(place, old, -1);
    this.#forget(old);
    account.replace(place, index, entry, this.baseFee);
    this.#count(place, entry, 1);
    this.#remember(entry);
    if (place === 'pending') this.#added.add(entry.tx.hash);
    this.#changed(account, place);
  }

  /** Moves the account's next queued entry to `pending`; it must be contiguous. */
  promote(account: AccountEntries): void {
    const entry = account.takeNext();
    if (entry === undefined) return;
    this.#count('queued', entry, -1);
    this.#settle(account, 'pending', entry);
  }

  /** Removes the last entry of a list. */
  dropLast(account: AccountEntries, place: Place): Entry | undefined {
    const entry = account.pop(place);
    if (entry === undefined) return undefined;
    this.#count(place, entry, -1);
    this.#forget(entry);
    this.#changed(account, place);
    return entry;
  }

  /** Removes the queued entries that `unwanted` names. */
  dropQueued(account: AccountEntries, unwanted: (entry: Entry) => boolean): void {
    for (const entry of account.takeQueued(unwanted)) {
      this.#count('queued', entry, -1);
      this.#forget(entry);
    }
    this.#changed(account, 'queued');
  }

  /**
   * Arranges the account anew for what the state says now: drops `unwanted` and used nonces, then from the highest
   * nonce down what the balance does not cover; what is not contiguous any more waits as queued.
   */
  rebuild(
    account: AccountEntries,
    state: { readonly nonce: bigint; readonly balance: bigint },
    unwanted: (entry: Entry) => boolean,
    nowMs: number,
  ): void {
    const pendingBefore = account.pending.length;
    const entries = account.takeAll();
    account.nonce = state.nonce;
    account.balance = state.balance;
    let affordable = true;
    entries.forEach((entry, index) => {
      const before: Place = index < pendingBefore ? 'pending' : 'queued';
      this.#count(before, entry, -1);
      affordable &&= entry.tx.nonce < state.nonce || account.cost + entry.cost <= state.balance;
      if (entry.tx.nonce < state.nonce || unwanted(entry) || !affordable) {
        this.#forget(entry);
      } else if (before === 'pending' && entry.tx.nonce === account.nextNonce) {
        this.#settle(account, 'pending', entry);
      } else {
        if (before === 'pending') entry.queuedAtMs = nowMs;
        this.#settle(account, 'queued', entry);
      }
    });
    if (account.isEmpty) this.accounts.delete(account.address);
  }

  /** Computes all ranks again for the next block's base fee. */
  rank(baseFee: bigint): void {
    this.baseFee = baseFee;
    this.revision++;
    for (const account of this.accounts.values()) account.rankAll(baseFee);
    for (const victims of [this.#spendthrifts, this.#victims.pending, this.#victims.queued]) victims.forget();
  }

  /**
   * The accounts to `dropLast` from, in order, for the slots of `offer`; undefined if no legal eviction frees them. In
   * `pending`, accounts that hold more than their guaranteed slots go first.
   */
  victims(place: Place, offer: Offer): AccountEntries[] | undefined {
    const first = place === 'pending' ? this.#spendthrifts.find(offer) : undefined;
    return first ?? this.#victims[place].find(offer);
  }

  /** Newly executable transactions that still are; each is handed out once. */
  drainAdded(): Transaction[] {
    const drained: Transaction[] = [];
    for (const hash of this.#added.values()) {
      const entry = this.byHash.get(hash);
      this.#added.delete(hash);
      if (entry === undefined || entry.announced || this.placeOf(entry) !== 'pending') continue;
      entry.announced = true;
      drained.push(entry.tx);
    }
    return drained;
  }

  placeOf(entry: Entry): Place | undefined {
    return this.accounts.get(entry.sender)?.at(entry.tx.nonce)?.place;
  }

  #settle(account: AccountEntries, place: Place, entry: Entry): void {
    if (place === 'pending') account.push(entry, this.baseFee);
    else account.enqueue(entry, this.baseFee);
    this.#count(place, entry, 1);
    if (place === 'pending' && !entry.announced) this.#added.add(entry.tx.hash);
    this.#changed(account, place);
  }

  #count(place: Place, entry: Entry, sign: 1 | -1): void {
    this.slots[place] += sign * entry.slots;
    this.counts[place] += sign;
    if (place === 'pending') this.revision++;
  }

  #remember(entry: Entry): void {
    this.byHash.set(entry.tx.hash, entry);
    if (!entry.local) return;
    this.local++;
    this.journal.added(entry.tx);
  }

  #forget(entry: Entry): void {
    this.byHash.delete(entry.tx.hash);
    if (!entry.local) return;
    this.local--;
    this.journal.removed(entry.tx.hash);
  }

  #changed(account: AccountEntries, place: Place): void {
    if (account.isEmpty) this.accounts.delete(account.address);
    this.#victims[place].changed(account);
    if (place === 'pending') this.#spendthrifts.changed(account);
  }
}
