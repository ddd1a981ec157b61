import { DecodeError } from '../../codec/decode-error.js';

/** Reads LevelDB's integers and strings (`util/coding.h`) from the front of `bytes`; throws DecodeError at what is none. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A little-endian base-128 integer. LevelDB's have up to 64 bits; no count or offset of ours needs more than 53. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new DecodeError('bad-length', 'an integer is cut off');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new DecodeError('too-large', 'an integer of more than 56 bits');
  }

  /** The next `length` bytes, not copied. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw new DecodeError('bad-length', `${length} bytes announced, ${this.left} left`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Bytes behind their length. */
  string(): Uint8Array {
    return this.bytes(this.varint());
  }
}

/** A little-endian word. */
export function word32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
