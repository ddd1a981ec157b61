import { invariant } from './invariant.js';

/**
 * A map of at most `capacity` entries. Setting a new key when full evicts the entry least recently set or read by
 * `get` (`has` and `peek` do not refresh). Every collection that a remote can grow is one of these or states its own bound.
 */
export class BoundedMap<K, V> implements Iterable<[K, V]> {
  readonly #entries = new Map<K, V>();
  /**
   * Stands before the oldest entry, since all before it were evicted. A fresh iterator would step over every entry that
   * was deleted since the map was last rehashed: 50 us for each eviction from a map of 32,768. While it stands still it
   * keeps alive all that was deleted since (V8 links each old table to the next), so it is let go after `capacity` deletions.
   */
  #eldest: Iterator<[K, V]> | undefined;
  /** Deletions since #eldest last moved. */
  #deletions = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity > 0, 'capacity must be a positive integer');
    this.capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The value, which becomes the most recently used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#remove(key);
    this.#entries.set(key, value);
    return value;
  }

  /** The value; its age stays as it is. */
  peek(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** The entry least recently set or read by `get`: the next to be evicted. */
  oldest(): [K, V] | undefined {
    if (this.#entries.size === 0) return undefined;
    return this.#entries.entries().next().value;
  }

  /** Stores a value and returns the entry that had to go for it, if any. */
  set(key: K, value: V): [K, V] | undefined {
    this.#remove(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.capacity) return undefined;
    this.#eldest ??= this.#entries.entries();
    this.#deletions = 0;
    const oldest = this.#eldest.next().value as [K, V];
    this.#entries.delete(oldest[0]);
    return oldest;
  }

  delete(key: K): boolean {
    return this.#remove(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#eldest = undefined;
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }

  #remove(key: K): boolean {
    const wasThere = this.#entries.delete(key);
    if (wasThere && ++this.#deletions >= this.capacity) this.#eldest = undefined;
    return wasThere;
  }
}

/** A set of at most `capacity` keys; adding to a full one evicts the key added longest ago. */
export class BoundedSet<K> {
  readonly #keys = new Set<K>();
  /** Stands before the oldest key, and is let go, as in {@link BoundedMap}. */
  #eldest: Iterator<K> | undefined;
  #deletions = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity > 0, 'capacity must be a positive integer');
    this.capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: K): boolean {
    return this.#keys.has(key);
  }

  /** False if the key was there already (its age stays as it is). */
  add(key: K): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > this.capacity) {
      this.#eldest ??= this.#keys.values();
      this.#deletions = 0;
      this.#keys.delete(this.#eldest.next().value as K);
    }
    return true;
  }

  delete(key: K): boolean {
    const wasThere = this.#keys.delete(key);
    if (wasThere && ++this.#deletions >= this.capacity) this.#eldest = undefined;
    return wasThere;
  }

  values(): IterableIterator<K> {
    return this.#keys.values();
  }
}

/** Keys that each live until their own deadline, at most `capacity` at once (the one added longest ago goes first). */
export class TtlMap<K, V> {
  readonly #entries: BoundedMap<K, { readonly value: V; readonly expiresAtMs: number }>;

  constructor(capacity: number) {
    this.#entries = new BoundedMap(capacity);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value unless its deadline is at or before `nowMs`. */
  get(key: K, nowMs: number): V | undefined {
    const entry = this.#entries.peek(key);
    return entry !== undefined && entry.expiresAtMs > nowMs ? entry.value : undefined;
  }

  has(key: K, nowMs: number): boolean {
    return this.get(key, nowMs) !== undefined;
  }

  set(key: K, value: V, expiresAtMs: number): void {
    this.#entries.set(key, { value, expiresAtMs });
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** Every value still held, expired or not: call `prune` first. */
  *values(): IterableIterator<V> {
    for (const entry of this.#entries.values()) yield entry.value;
  }

  /** Drops what expired and returns it. */
  prune(nowMs: number): [K, V][] {
    const expired: [K, V][] = [];
    for (const [key, entry] of this.#entries) if (entry.expiresAtMs <= nowMs) expired.push([key, entry.value]);
    for (const [key] of expired) this.#entries.delete(key);
    return expired;
  }

  /** The earliest deadline, or Infinity. Linear: for small maps. */
  nextExpiryMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) earliest = Math.min(earliest, entry.expiresAtMs);
    return earliest;
  }
}
