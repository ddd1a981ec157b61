import { invariant } from '../base/invariant.js';

/**
 * Cuts a stream that arrives in pieces of any size into runs of bytes whose length its reader knows. Each byte is
 * copied at most once, so one-byte pieces cost no more than linear time; what is kept between pieces is one buffer of
 * the length asked for. The reader must therefore check a length before it asks for it.
 */
export class StreamBuffer {
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #partial: Uint8Array | undefined;
  #filled = 0;

  /** The stream's next piece. The one before must be used up: `take` returned undefined. */
  push(piece: Uint8Array): void {
    invariant(this.#at === this.#piece.length, 'the piece before is not used up');
    this.#piece = piece;
    this.#at = 0;
  }

  /**
   * The next `length` > 0 bytes, or undefined until they have come; then ask again with the same length. May be a view
   * into the piece that was pushed.
   */
  take(length: number): Uint8Array | undefined {
    const left = this.#piece.length - this.#at;
    if (this.#partial === undefined && left >= length) {
      this.#at += length;
      return this.#piece.subarray(this.#at - length, this.#at);
    }
    // Not cleared: `take` never hands out a byte that was not written. Pages are only touched as data comes in.
    this.#partial ??= Buffer.allocUnsafeSlow(length);
    const partial = this.#partial;
    invariant(partial.length === length, 'asked for another length in the middle of a run');
    const use = Math.min(left, length - this.#filled);
    partial.set(this.#piece.subarray(this.#at, this.#at + use), this.#filled);
    this.#at += use;
    this.#filled += use;
    if (this.#filled < length) return undefined;
    this.#partial = undefined;
    this.#filled = 0;
    return partial;
  }
}
