import type { Address } from '../base/brand.js';
import { effectiveTip } from '../types/transaction.js';
import type { Entry } from './entry.js';

/** Where an entry stands in its account. */
export type Place = 'pending' | 'queued';

/**
 * One account's pooled transactions. `pending` runs without a gap from the account's nonce up; `queued` holds the
 * later ones, in nonce order. `nonce` and `balance` are the state's at the head.
 */
export class AccountEntries {
  readonly address: Address;
  nonce: bigint;
  balance: bigint;
  /** Sum of the costs of all entries. */
  cost = 0n;
  // BOUNDED: by TxPoolConfig.globalSlots over all accounts.
  readonly pending: Entry[] = [];
  // BOUNDED: by TxPoolConfig.accountQueue and globalQueue.
  readonly queued: Entry[] = [];

  constructor(address: Address, nonce: bigint, balance: bigint) {
    this.address = address;
    this.nonce = nonce;
    this.balance = balance;
  }

  /** The first nonce that no pending entry has. */
  get nextNonce(): bigint {
    return this.nonce + BigInt(this.pending.length);
  }

  get isEmpty(): boolean {
    return this.pending.length === 0 && this.queued.length === 0;
  }

  at(nonce: bigint): { readonly entry: Entry; readonly place: Place; readonly index: number } | undefined {
    const index = Number(nonce - this.nonce);
    const pending = index >= 0 ? this.pending[index] : undefined;
    if (pending !== undefined) return { entry: pending, place: 'pending', index };
    const position = this.queuePosition(nonce);
    const queued = this.queued[position];
    return queued?.tx.nonce === nonce ? { entry: queued, place: 'queued', index: position } : undefined;
  }

  /** Appends the entry whose nonce is `nextNonce`. */
  push(entry: Entry, baseFee: bigint): void {
    this.pending.push(entry);
    this.cost += entry.cost;
    this.rankFrom(this.pending.length - 1, baseFee);
  }

  enqueue(entry: Entry, baseFee: bigint): void {
    rankAlone(entry, baseFee);
    this.queued.splice(this.queuePosition(entry.tx.nonce), 0, entry);
    this.cost += entry.cost;
  }

  /** Puts `entry` in the place of the one with its nonce, which must be there. */
  replace(place: Place, index: number, entry: Entry, baseFee: bigint): void {
    const list = place === 'pending' ? this.pending : this.queued;
    this.cost += entry.cost - (list[index] as Entry).cost;
    list[index] = entry;
    if (place === 'pending') this.rankFrom(index, baseFee);
    else rankAlone(entry, baseFee);
  }

  /** Removes the last entry of a list. */
  pop(place: Place): Entry | undefined {
    const entry = (place === 'pending' ? this.pending : this.queued).pop();
    if (entry !== undefined) this.cost -= entry.cost;
    return entry;
  }

  /** Removes and returns the queued entry that comes next, if it is there. */
  takeNext(): Entry | undefined {
    if (this.queued[0]?.tx.nonce !== this.nextNonce) return undefined;
    const entry = this.queued.shift();
    if (entry !== undefined) this.cost -= entry.cost;
    return entry;
  }

  /** Removes and returns the queued entries that `wanted` names. */
  takeQueued(wanted: (entry: Entry) => boolean): Entry[] {
    const taken = this.queued.filter(wanted);
    const kept = this.queued.filter((entry) => !wanted(entry));
    this.queued.splice(0, this.queued.length, ...kept);
    for (const entry of taken) this.cost -= entry.cost;
    return taken;
  }

  /** Empties the account and returns what it held, in nonce order. */
  takeAll(): Entry[] {
    const all = [...this.pending, ...this.queued];
    this.pending.length = 0;
    this.queued.length = 0;
    this.cost = 0n;
    return all;
  }

  /** Computes the ranks again for another base fee. */
  rankAll(baseFee: bigint): void {
    this.rankFrom(0, baseFee);
    for (const entry of this.queued) rankAlone(entry, baseFee);
  }

  private rankFrom(start: number, baseFee: bigint): void {
    let lowest = start > 0 ? this.pending[start - 1]?.rank : undefined;
    for (let i = start; i < this.pending.length; i++) {
      const entry = this.pending[i] as Entry;
      entry.tip = effectiveTip(entry.tx, baseFee);
      lowest = lowest === undefined || entry.tip < lowest ? entry.tip : lowest;
      entry.rank = lowest;
    }
  }

  /** The index of the first queued entry whose nonce is at least `nonce`. */
  private queuePosition(nonce: bigint): number {
    let low = 0;
    let high = this.queued.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.queued[middle] as Entry).tx.nonce < nonce) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function rankAlone(entry: Entry, baseFee: bigint): void {
  entry.tip = effectiveTip(entry.tx, baseFee);
  entry.rank = entry.tip;
}
