import type { KvBatch, KvReader } from '../ports/kv.js';

/** A store in memory, for tests and the simulator. Keeps the arrays it is given; neither side may write to them. */
export class MemoryKv implements KvReader {
  /** By their keys, one character a byte. */
  readonly #values = new Map<string, Uint8Array>();

  /** A store with the content of `source`; later changes of either do not show in the other. */
  static copyOf(source: MemoryKv): MemoryKv {
    const copy = new MemoryKv();
    for (const [name, value] of source.#values) copy.#values.set(name, value);
    return copy;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(nameOf(key));
  }

  /** Applies all of `batch`, in order. */
  write(batch: KvBatch): void {
    for (const write of batch) {
      if (write.kind === 'put') this.#values.set(nameOf(write.key), write.value);
      else this.#values.delete(nameOf(write.key));
    }
  }

  /** The entries whose keys begin with `prefix`, in key order, at most `limit`. */
  readAll(prefix: Uint8Array, limit: number): [key: Uint8Array, value: Uint8Array][] {
    const start = nameOf(prefix);
    const names = [...this.#values.keys()].filter((name) => name.startsWith(start)).sort();
    const found: [Uint8Array, Uint8Array][] = [];
    for (const name of names.slice(0, limit)) {
      const value = this.#values.get(name);
      if (value !== undefined) found.push([new Uint8Array(Buffer.from(name, 'latin1')), value]);
    }
    return found;
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
