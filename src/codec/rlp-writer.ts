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
