import { invariant } from './invariant.js';

/** The empty byte string; shared, never written to. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** A new array that holds `parts` one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** True if both hold the same bytes. Not constant-time: never for secrets. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Lexicographic order of unsigned bytes: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** True if every byte is zero; true for the empty string. */
export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The unsigned big-endian integer in `bytes` between `start` and `end`; 0n if that is nothing. */
export function bytesToBigInt(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  // Words, or numbers of 6 bytes: both are several times faster than the way through text.
  if (end - start === 32) {
    const words = new DataView(bytes.buffer, bytes.byteOffset + start, 32);
    const high = (words.getBigUint64(0) << 64n) | words.getBigUint64(8);
    return (high << 128n) | (words.getBigUint64(16) << 64n) | words.getBigUint64(24);
  }
  // Beyond what the protocols have, where adding limb after limb would take quadratic time.
  if (end - start > 64) return BigInt(`0x${asBuffer(bytes.subarray(start, end)).toString('hex')}`);
  let at = start + ((end - start) % 6);
  let value = BigInt(bytesToNumber(bytes, start, at));
  for (; at < end; at += 6) value = (value << 48n) | BigInt(bytesToNumber(bytes, at, at + 6));
  return value;
}

/** The unsigned big-endian integer in `bytes` between `start` and `end`: exact below 2^53, rounded (and never below 2^53) from there on. */
export function bytesToNumber(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

/** `value` >= 0 in big-endian bytes without leading zeros (0n gives the empty string), as RLP wants integers. */
export function bigIntToBytes(value: bigint): Uint8Array {
  invariant(value >= 0n, 'only unsigned integers have bytes');
  if (value === 0n) return EMPTY_BYTES;
  if (value <= Number.MAX_SAFE_INTEGER) return numberToBytes(Number(value));
  const digits = value.toString(16);
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

/** `value` >= 0 in exactly `length` big-endian bytes; throws if it does not fit. */
export function bigIntToFixedBytes(value: bigint, length: number): Uint8Array {
  const digits = value.toString(16).padStart(length * 2, '0');
  invariant(value >= 0n && digits.length === length * 2, `not an unsigned integer of ${length} bytes`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** A safe integer >= 0 in big-endian bytes without leading zeros (0 gives the empty string). */
export function numberToBytes(value: number): Uint8Array {
  invariant(Number.isSafeInteger(value) && value >= 0, 'only safe unsigned integers have bytes');
  let length = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) length++;
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** A view of `bytes` as a Node buffer over the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
