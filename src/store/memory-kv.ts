import type { KvBatch, KvReader } from '../ports/kv.js';

/** A value, or its text with one character a byte. */
type Held = Uint8Array | string;

/** Gives the name and the value to hold in place of these, which say the same. */
export type Sharing = (name: string, value: Uint8Array) => readonly [name: string, value: Uint8Array];

/**
 * A store in memory, for tests and the simulator. Keeps the arrays it is given (and so the whole buffers that they are parts of), and
 * neither side may write to them; packed, it keeps them as text: that takes less than half of the memory for values of some
 * hundred bytes, and a copy for each read.
 */
export class MemoryKv implements KvReader {
  /** By their keys, one character a byte. */
  readonly #values = new Map<string, Held>();
  readonly #packed: boolean;
  readonly #sharing: Sharing | undefined;

  /** With `sharing`, stores that hold the same records hold them once. */
  constructor(packed = false, sharing?: Sharing) {
    this.#packed = packed;
    this.#sharing = sharing;
  }

  /** A store with the content of `source`; later changes of either do not show in the other. */
  static copyOf(source: MemoryKv): MemoryKv {
    const copy = new MemoryKv(source.#packed);
    for (const [name, value] of source.#values) copy.#values.set(name, value);
    return copy;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return unpacked(this.#values.get(nameOf(key)));
  }

  /** Applies all of `batch`, in order. */
  write(batch: KvBatch): void {
    for (const write of batch) {
      const name = nameOf(write.key);
      if (write.kind === 'del') this.#values.delete(name);
      else if (this.#packed) this.#values.set(name, nameOf(write.value));
      else if (this.#sharing === undefined) this.#values.set(name, write.value);
      else this.#values.set(...this.#sharing(name, write.value));
    }
  }

  /** The entries whose keys begin with `prefix`, in key order, at most `limit`. */
  readAll(prefix: Uint8Array, limit: number): [key: Uint8Array, value: Uint8Array][] {
    const start = nameOf(prefix);
    const names = [...this.#values.keys()].filter((name) => name.startsWith(start)).sort();
    const found: [Uint8Array, Uint8Array][] = [];
    for (const name of names.slice(0, limit)) {
      const value = unpacked(this.#values.get(name));
      if (value !== undefined) found.push([bytesOf(name), value]);
    }
    return found;
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(name, 'latin1'));
const unpacked = (held: Held | undefined): Uint8Array | undefined => (typeof held === 'string' ? bytesOf(held) : held);
