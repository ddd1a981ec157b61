import { DecodeError } from '../codec/decode-error.js';

/** Above any block that the gas limits of public chains allow; a claimed length beyond it is refused unread. */
const MAX_BLOCK_BYTES = 64 << 20;

/**
 * Cuts a stream of RLP lists that stand back to back (an export file) into the lists, whatever the chunks are.
 * Holds at most one list and one chunk. Only the outer header is looked at; decode each list for the rest.
 */
export class BlockSplitter {
  readonly #maxBlockBytes: number;
  // The bytes that do not make a whole list yet: chunks, so that a list in many chunks is copied once.
  #chunks: Uint8Array[] = []; // BOUNDED: by maxBlockBytes and the size of one chunk
  #length = 0;

  constructor(maxBlockBytes = MAX_BLOCK_BYTES) {
    this.#maxBlockBytes = maxBlockBytes;
  }

  /** The lists that `chunk` completes, in order. Throws DecodeError at what is no list; the stream is lost then. */
  push(chunk: Uint8Array): Uint8Array[] {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#length += chunk.length;
    const lists: Uint8Array[] = []; // BOUNDED: by the chunk
    for (;;) {
      const size = this.#nextSize();
      if (size === undefined || size > this.#length) return lists;
      const bytes = this.#joined();
      lists.push(bytes.subarray(0, size));
      this.#keep(bytes.subarray(size));
    }
  }

  /** Ends the stream; throws DecodeError if it ends within a list. */
  end(): void {
    if (this.#length > 0) throw new DecodeError('rlp-truncated', `${this.#length} bytes that are no whole block`);
  }

  /** Size of the list at the front with its header; undefined if the header is not complete yet. */
  #nextSize(): number | undefined {
    if (this.#length === 0) return undefined;
    const first = this.#byteAt(0);
    if (first < 0xc0) throw new DecodeError('rlp-expected-list', 'a byte string where a block must be');
    if (first <= 0xf7) return 1 + first - 0xc0;
    const lengthBytes = first - 0xf7;
    if (this.#length < 1 + lengthBytes) return undefined;
    let length = 0;
    for (let i = 1; i <= lengthBytes; i++) length = length * 256 + this.#byteAt(i);
    if (length > this.#maxBlockBytes) throw new DecodeError('too-large', `a block of ${length} bytes`);
    return 1 + lengthBytes + length;
  }

  #byteAt(index: number): number {
    let rest = index;
    for (const chunk of this.#chunks) {
      if (rest < chunk.length) return chunk[rest] ?? 0;
      rest -= chunk.length;
    }
    return 0;
  }

  #joined(): Uint8Array {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #keep(rest: Uint8Array): void {
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }
}
