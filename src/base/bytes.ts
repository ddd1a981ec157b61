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

/** The unsigned big-endian integer in `bytes`; 0n for the empty string. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  if (bytes.length <= 6) return BigInt(bytesToNumber(bytes));
  // Nonces, gas, fees and most balances: two exact numbers are several times faster than text.
  if (bytes.length <= 12) {
    const split = bytes.length - 6;
    return (BigInt(bytesToNumber(bytes.subarray(0, split))) << 48n) | BigInt(bytesToNumber(bytes.subarray(split)));
  }
  return BigInt(`0x${asBuffer(bytes).toString('hex')}`);
}

/** The unsigned big-endian integer in `bytes`: exact below 2^53, rounded (and never below 2^53) from there on. */
export function bytesToNumber(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

/** `value` >= 0 in big-endian bytes without leading zeros (0n gives the empty string), as RLP wants integers. */
export function bigIntToBytes(value: bigint): Uint8Array {
  invariant(value >= 0n, 'only unsigned integers have bytes');
  if (value === 0n) return EMPTY_BYTES;
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
