import { expect } from 'vitest';
import { DecodeError } from '../../src/codec/decode-error.js';

/** Expects that `decode` takes `bytes`, and refuses every shorter beginning of them and one byte more with DecodeError. */
export function expectWholeOnly(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): void {
  decode(bytes);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decode(bytes.subarray(0, length)), `the first ${length} bytes`).toThrow(DecodeError);
  }
  expect(() => decode(Buffer.concat([bytes, Uint8Array.of(0)])), 'one byte more').toThrow(DecodeError);
}
