import { Heap } from '../base/heap.js';
import type { AccountEntries, Place } from './account-entries.js';
import type { Entry } from './entry.js';

/** An entry that could go, and what it was worth when it was put here. */
interface Candidate {
  readonly account: AccountEntries;
  readonly entry: Entry;
  readonly rank: bigint;
}

/** What a newcomer offers for the slots that it needs. */
export interface Offer {
  readonly sender: AccountEntries;
  /** Slots to be freed. */
  readonly slots: number;
  /** Wei a unit of gas; every victim's is lower. */
  readonly rank: bigint;
  /** Wei that a miner gets for it; at least what the victims bring together. */
  readonly fee: bigint;
}

/** Wei that a miner gets for `entry`; nothing for one that the next block can't take. */
export const feeOf = (entry: Entry): bigint => (entry.rank < 0n ? 0n : entry.tip * entry.gas);

/**
 * Finds the cheapest entries that nothing depends on: the last ones of each account's `place` list. `keeps` is how many
 * an account may hold there without being a victim. The heap is built when it is first needed and again after `forget`.
 */
export class Victims {
  readonly #accounts: ReadonlyMap<unknown, AccountEntries>;
  readonly #place: Place;
  readonly #keeps: number;
  // BOUNDED: `changed` drops it when two thirds of its candidates are void, or nearly so.
  #heap: Heap<Candidate> | undefined;

  constructor(accounts: ReadonlyMap<unknown, AccountEntries>, place: Place, keeps: number) {
    this.#accounts = accounts;
    this.#place = place;
    this.#keeps = keeps;
  }

  /** Every rank may be another now. */
  forget(): void {
    this.#heap = undefined;
  }

  /** The account's list changed. */
  changed(account: AccountEntries): void {
    if (this.#heap === undefined) return;
    if (this.#heap.size > 3 * this.#accounts.size + 256) this.forget();
    else this.#offer(this.#heap, account, 0);
  }

  /**
   * The accounts whose last entry has to go, as often as they are named, to free the slots of `offer`; undefined if an
   * eviction would lower what miners can earn (DETER, MPFUZZ: an attacker must pay at least what he displaces).
   * Nothing is removed here.
   */
  find(offer: Offer): AccountEntries[] | undefined {
    const heap = this.#built();
    const victims: AccountEntries[] = [];
    const setAside: Candidate[] = [];
    const depths = new Map<AccountEntries, number>();
    let freed = 0;
    let fees = 0n;
    while (freed < offer.slots) {
      const candidate = heap.pop();
      if (candidate === undefined) break;
      const depth = depths.get(candidate.account) ?? 0;
      if (!this.#stands(candidate, depth)) continue;
      setAside.push(candidate);
      if (candidate.account === offer.sender) continue;
      fees += feeOf(candidate.entry);
      if (candidate.rank >= offer.rank || fees > offer.fee) break;
      victims.push(candidate.account);
      freed += candidate.entry.slots;
      depths.set(candidate.account, depth + 1);
      this.#offer(heap, candidate.account, depth + 1);
    }
    for (const candidate of setAside) heap.push(candidate);
    return freed >= offer.slots ? victims : undefined;
  }

  #built(): Heap<Candidate> {
    if (this.#heap !== undefined) return this.#heap;
    const heap = new Heap<Candidate>((a, b) =>
      a.rank === b.rank ? a.entry.arrival > b.entry.arrival : a.rank < b.rank,
    );
    for (const account of this.#accounts.values()) this.#offer(heap, account, 0);
    this.#heap = heap;
    return heap;
  }

  /** Pushes the account's last entry but `depth`. */
  #offer(heap: Heap<Candidate>, account: AccountEntries, depth: number): void {
    const list = account[this.#place];
    const entry = list[list.length - 1 - depth];
    if (entry !== undefined && list.length - depth > this.#keeps) heap.push({ account, entry, rank: entry.rank });
  }

  /** False for a candidate that an earlier change made void. */
  #stands(candidate: Candidate, depth: number): boolean {
    const list = candidate.account[this.#place];
    const isLast = list[list.length - 1 - depth] === candidate.entry && list.length - depth > this.#keeps;
    return isLast && candidate.rank === candidate.entry.rank;
  }
}
