import rlp from 'rlp';
import { bigIntToBytes, numberToBytes } from '../base/bytes.js';

/** What can be encoded: a byte string, an unsigned integer, or a list of these. Hex strings are not: decode them first. */
export type RlpEncodable = Uint8Array | bigint | number | readonly RlpEncodable[];

type PlainItem = Uint8Array | PlainItem[];

function toPlain(item: RlpEncodable): PlainItem {
  if (item instanceof Uint8Array) return item;
  if (typeof item === 'bigint') return bigIntToBytes(item);
  if (typeof item === 'number') return numberToBytes(item);
  return item.map(toPlain);
}

/** The RLP encoding of `item`; integers are written without leading zeros. For trusted data: it recurses. */
export function encodeRlp(item: RlpEncodable): Uint8Array {
  return rlp.encode(toPlain(item));
}

/** `length` bytes of zero to write to. */
type Allocate = (length: number) => Uint8Array;

/** Memory of its own. */
const ownBytes: Allocate = (length) => new Uint8Array(length);

/**
 * A list of items that are already encoded: their concatenation under a list header. A `type` other than 0 stands in
 * front of it, as in typed transactions and receipts (EIP-2718). `allocate` gives the memory.
 */
export function encodeRlpList(
  encodedItems: readonly Uint8Array[],
  type: 0 | 1 | 2 = 0,
  allocate: Allocate = ownBytes,
): Uint8Array {
  let length = 0;
  for (const item of encodedItems) length += item.length;
  const listAt = type === 0 ? 0 : 1;
  const encoded = allocate(listAt + headerLength(length) + length);
  if (type !== 0) encoded[0] = type;
  let at = writeHeader(encoded, listAt, 0xc0, length);
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
  encoded.set(bytes, writeHeader(encoded, 0, 0x80, bytes.length));
  return encoded;
}

/** What stands in front of a byte string of `length` >= 2 bytes. */
export function rlpBytesHeader(length: number): Uint8Array {
  const header = new Uint8Array(headerLength(length));
  writeHeader(header, 0, 0x80, length);
  return header;
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
  return length <= 55 ? 1 : 1 + lengthBytes(length);
}

/** Bytes that a length takes; nothing in memory is longer than 2^48 bytes. */
function lengthBytes(length: number): number {
  let count = 1;
  for (let limit = 0x100; length >= limit; limit *= 0x100) count++;
  return count;
}

/** Writes the header at `at` (0x80 for byte strings, 0xc0 for lists) and returns where the payload goes. */
function writeHeader(into: Uint8Array, at: number, kind: 0x80 | 0xc0, length: number): number {
  if (length <= 55) {
    into[at] = kind + length;
    return at + 1;
  }
  const count = lengthBytes(length);
  into[at] = kind + 55 + count;
  for (let i = count, rest = length; i > 0; i--, rest = Math.floor(rest / 0x100)) into[at + i] = rest % 0x100;
  return at + 1 + count;
}
