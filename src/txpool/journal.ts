import { BoundedSet } from '../base/bounded.js';
import type { Hash32 } from '../base/brand.js';
import type { KvBatch, KvWrite } from '../ports/kv.js';
import { hashKey } from '../store/schema.js';
import type { Transaction } from '../types/transaction.js';

/** Local transactions that are remembered as such after they left the pool, should a reorganisation bring them back. */
const REMEMBERED = 4096;

/** Keeps the store's journal of local transactions equal to what the pool holds, and knows which hashes are local. */
export class Journal {
  // BOUNDED: one write for each transaction that came or went since `takeBatch`, which is called whenever the last write is done.
  readonly #writes = new Map<Hash32, KvWrite>();
  readonly #local = new BoundedSet<Hash32>(REMEMBERED);

  /** True if the transaction came from a local user not long ago. */
  isLocal(hash: Hash32): boolean {
    return this.#local.has(hash);
  }

  added(tx: Transaction): void {
    this.#local.add(tx.hash);
    this.#writes.set(tx.hash, { kind: 'put', key: hashKey('journal', tx.hash), value: tx.raw });
  }

  removed(hash: Hash32): void {
    this.#writes.set(hash, { kind: 'del', key: hashKey('journal', hash) });
  }

  takeBatch(): KvBatch | undefined {
    if (this.#writes.size === 0) return undefined;
    const batch = [...this.#writes.values()];
    this.#writes.clear();
    return batch;
  }
}
