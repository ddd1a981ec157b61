import { asBuffer } from '../base/bytes.js';
import type { KvBatch, KvReader, KvWrite } from '../ports/kv.js';

/** Values by their keys. No more than that: they live until the disk has them, and a full block makes thousands. */
type Writes = Map<string, Uint8Array>;

/** Stands where a key was deleted. */
const DELETED = new Uint8Array(0);

/** Bytes as a string with one character a byte: a map key, not text. */
function mapKey(key: Uint8Array): string {
  return (key instanceof Buffer ? key : asBuffer(key)).toString('latin1');
}

function writeOf(name: string, value: Uint8Array): KvWrite {
  const key = Buffer.from(name, 'latin1');
  return value === DELETED ? { kind: 'del', key } : { kind: 'put', key, value };
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
    let value = this.#open.get(name);
    for (let i = this.#taken.length - 1; value === undefined && i >= 0; i--) value = this.#taken[i]?.get(name);
    if (value === undefined) return this.#base.get(key);
    return value === DELETED ? undefined : value;
  }

  /** `value` may not be written to from now on. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.#open.set(mapKey(key), value);
  }

  del(key: Uint8Array): void {
    this.#open.set(mapKey(key), DELETED);
  }

  /** Every write since the last call, one a key; undefined if there is none. */
  takeBatch(): KvBatch | undefined {
    if (this.#open.size === 0) return undefined;
    const batch = Array.from(this.#open, ([name, value]) => writeOf(name, value));
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
