import { compress as compressBlock } from 'snappyjs';
import { DecodeError } from './decode-error.js';

/**
 * The format's densest element is a copy of 64 bytes written in 3 (format_description.txt, 2.2), so nothing expands
 * more than 64/3-fold. A stream that declares more cannot be honest, and is refused before memory is set aside for it.
 */
const MAX_EXPANSION = 22;

/** Copies and literals shorter than this are faster byte by byte than as a block move. */
const BLOCK_MOVE_BYTES = 24;

/** `bytes` as a raw Snappy block (EIP-706): length prefix, no framing, no checksum. */
export function compress(bytes: Uint8Array): Uint8Array {
  // The library answers a Buffer with a slice that keeps its whole working memory alive.
  const plain = Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
  return compressBlock(plain);
}

/**
 * The content of a raw Snappy block, of at most `maxBytes` bytes. The declared length is judged before anything is
 * allocated, and the stream must yield exactly that many bytes; everything else is a {@link DecodeError}.
 */
export function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { length, headerLength } = readLength(bytes);
  if (length > maxBytes)
    throw new DecodeError('snappy-too-large', `${length} bytes declared, at most ${maxBytes} allowed`);
  if (length > MAX_EXPANSION * bytes.length) {
    throw new DecodeError('snappy-too-large', `${length} bytes declared for ${bytes.length} compressed`);
  }
  const output = new Uint8Array(length);
  inflate(bytes, headerLength, output);
  return output;
}

/** The uncompressed length that a block declares: a little-endian base-128 number of at most 32 bits. */
function readLength(bytes: Uint8Array): { readonly length: number; readonly headerLength: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw new DecodeError('snappy-truncated', 'the length is cut off');
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (length > 0xffffffff) break;
      return { length, headerLength: i + 1 };
    }
  }
  throw new DecodeError('snappy-corrupt', 'a length above 32 bits');
}

/** Fills all of `output` from the elements that start at `at`. */
function inflate(input: Uint8Array, at: number, output: Uint8Array): void {
  let from = at;
  let to = 0;
  while (from < input.length) {
    const tag = input[from++] as number;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    // Bytes of the length (long literals) or of the offset (copies) that follow the tag.
    const extra = kind === 0 ? Math.max(0, length - 60) : kind === 3 ? 4 : kind;
    if (from + extra > input.length) throw new DecodeError('snappy-truncated', 'an element is cut off');
    const number = readLittleEndian(input, from, extra);
    from += extra;

    if (kind === 0) {
      if (extra > 0) length = number + 1;
      if (length > input.length - from) throw new DecodeError('snappy-truncated', 'a literal is cut off');
      checkRoom(output, to, length);
      copyLiteral(input, from, output, to, length);
      from += length;
    } else {
      let offset = number;
      if (kind === 1) {
        length = ((tag >>> 2) & 7) + 4;
        offset += (tag >>> 5) * 256;
      }
      if (offset === 0 || offset > to) throw new DecodeError('snappy-corrupt', 'a copy from before the start');
      checkRoom(output, to, length);
      copyBack(output, to, offset, length);
    }
    to += length;
  }
  if (to !== output.length)
    throw new DecodeError('snappy-truncated', `${to} bytes where ${output.length} were declared`);
}

function readLittleEndian(input: Uint8Array, from: number, byteCount: number): number {
  let number = 0;
  for (let i = byteCount - 1; i >= 0; i--) number = number * 256 + (input[from + i] as number);
  return number;
}

function checkRoom(output: Uint8Array, to: number, length: number): void {
  if (length > output.length - to) throw new DecodeError('snappy-corrupt', 'more bytes than declared');
}

function copyLiteral(input: Uint8Array, from: number, output: Uint8Array, to: number, length: number): void {
  if (length >= BLOCK_MOVE_BYTES) output.set(input.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) output[to + i] = input[from + i] as number;
}

/** A copy may overlap its own output (offset < length): then it repeats, and must go forward byte by byte. */
function copyBack(output: Uint8Array, to: number, offset: number, length: number): void {
  if (length >= BLOCK_MOVE_BYTES && offset >= length) output.copyWithin(to, to - offset, to - offset + length);
  else for (let i = to; i < to + length; i++) output[i] = output[i - offset] as number;
}
