import { bigIntToBytes, numberToBytes } from '../base/bytes.js';
import { invariant } from '../base/invariant.js';

/** What can be encoded: a byte string, an unsigned integer, or a list of these. Hex strings are not: decode them first. */
export type RlpEncodable = Uint8Array | bigint | number | readonly RlpEncodable[];

/** The RLP encoding of `item`; integers are written without leading zeros. For trusted data: it recurses. */
export function encodeRlp(item: RlpEncodable): Uint8Array {
  const start = writeItem(item, scratch.length);
  const encoded = scratch.slice(start);
  if (scratch.length > MAX_KEPT_SCRATCH) scratch = new Uint8Array(FIRST_SCRATCH);
  return encoded;
}

const FIRST_SCRATCH = 4_096;
/** A scratch that a large message made larger than this is given back. */
const MAX_KEPT_SCRATCH = 256 * 1_024;

/** Where encodings are made. It is written from its end to its start, so that the length of a list is known when its header is due. */
let scratch = new Uint8Array(FIRST_SCRATCH);

/** Writes `item` in front of `end` and returns where it starts: always counted from the end, since the scratch may grow. */
function writeItem(item: RlpEncodable, end: number): number {
  if (item instanceof Uint8Array) return writeString(item, end);
  if (typeof item === 'number') return writeNumber(item, end);
  if (typeof item === 'bigint') return writeString(bigIntToBytes(item), end);
  const behind = scratch.length - end;
  let at = end;
  for (let i = item.length - 1; i >= 0; i--) at = writeItem(item[i] as RlpEncodable, at);
  return writeHeaderBefore(at, 0xc0, scratch.length - at - behind);
}

function writeString(bytes: Uint8Array, end: number): number {
  const at = reserve(end, bytes.length);
  scratch.set(bytes, at);
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return at;
  return writeHeaderBefore(at, 0x80, bytes.length);
}

function writeNumber(value: number, end: number): number {
  invariant(Number.isSafeInteger(value) && value >= 0, 'only safe unsigned integers have bytes');
  const last = reserve(end, 8) + 8;
  let at = last;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) scratch[--at] = rest % 256;
  return value > 0 && value < 0x80 ? at : writeHeaderBefore(at, 0x80, last - at);
}

/** Writes the header of a payload of `length` bytes that starts at `end`. */
function writeHeaderBefore(end: number, kind: 0x80 | 0xc0, length: number): number {
  let at = reserve(end, 8) + 8;
  if (length <= 55) {
    scratch[--at] = kind + length;
    return at;
  }
  const last = at;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) scratch[--at] = rest % 256;
  const lengthBytes = last - at;
  scratch[--at] = kind + 55 + lengthBytes;
  return at;
}

/** Makes room for `length` bytes in front of `end` and returns where they start. */
function reserve(end: number, length: number): number {
  if (end >= length) return end - length;
  const written = scratch.length - end;
  const grown = new Uint8Array(2 * (written + length));
  grown.set(scratch.subarray(end), grown.length - written);
  scratch = grown;
  return scratch.length - written - length;
}

/** A list of items that are already encoded: their concatenation under a list header. */
export function encodeRlpList(encodedItems: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const item of encodedItems) length += item.length;
  const encoded = new Uint8Array(headerLength(length) + length);
  let at = writeHeader(encoded, 0xc0, length);
  for (const item of encodedItems) {
    encoded.set(item, at);
    at += item.length;
  }
  return encoded;
}

/** The encoded item (header included) of a byte string. */
export function rlpBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return bytes;
  const encoded = new Uint8Array(headerLength(bytes.length) + bytes.length);
  encoded.set(bytes, writeHeader(encoded, 0x80, bytes.length));
  return encoded;
}

/** The encoded item (header included) of an unsigned integer. */
export function rlpBigInt(value: bigint): Uint8Array {
  return rlpBytes(bigIntToBytes(value));
}

/** The encoded item (header included) of a safe unsigned integer. */
export function rlpNumber(value: number): Uint8Array {
  return rlpBytes(numberToBytes(value));
}

/** Bytes of the header in front of a payload of `length` bytes. */
function headerLength(length: number): number {
  return length <= 55 ? 1 : 1 + numberToBytes(length).length;
}

/** Writes the header at the start of `into` (0x80 for byte strings, 0xc0 for lists) and returns where the payload goes. */
function writeHeader(into: Uint8Array, kind: 0x80 | 0xc0, length: number): number {
  if (length <= 55) {
    into[0] = kind + length;
    return 1;
  }
  const lengthBytes = numberToBytes(length);
  into[0] = kind + 55 + lengthBytes.length;
  into.set(lengthBytes, 1);
  return 1 + lengthBytes.length;
}
