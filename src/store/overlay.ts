import type { KvBatch, KvReader, KvWrite } from '../ports/kv.js';

type Writes = Map<string, KvWrite>;

/** Bytes as a string with one character a byte: a map key, not text. */
function mapKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

/**
 * A store with writes on top that its base has not seen yet. Reads see every write at once; the writes leave in batches
 * that the base must apply in order, each as a whole. What a batch holds stays readable here until it is marked written.
 */
export class Overlay implements KvReader {
  readonly #base: KvReader;
  #open: Writes = new Map(); // BOUNDED: by the writes between two calls of takeBatch
  readonly #taken: Writes[] = []; // BOUNDED: by the batches that the host has under way

  constructor(base: KvReader) {
    this.#base = base;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const name = mapKey(key);
    let write = this.#open.get(name);
    for (let i = this.#taken.length - 1; write === undefined && i >= 0; i--) write = this.#taken[i]?.get(name);
    if (write === undefined) return this.#base.get(key);
    return write.kind === 'put' ? write.value : undefined;
  }

  /** Neither array may be written to from now on. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.#open.set(mapKey(key), { kind: 'put', key, value });
  }

  del(key: Uint8Array): void {
    this.#open.set(mapKey(key), { kind: 'del', key });
  }

  /** Every write since the last call, one a key; undefined if there is none. */
  takeBatch(): KvBatch | undefined {
    if (this.#open.size === 0) return undefined;
    const batch = [...this.#open.values()];
    this.#taken.push(this.#open);
    this.#open = new Map();
    return batch;
  }

  /** The base holds the oldest batch that was taken and not yet marked. */
  markWritten(): void {
    this.#taken.shift();
  }

  /** Batches taken and not yet marked. */
  get batchesUnderWay(): number {
    return this.#taken.length;
  }
}
