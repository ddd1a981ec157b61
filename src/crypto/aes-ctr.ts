import { createCipheriv } from 'node:crypto';

/** Encrypts or decrypts (the same thing) the next bytes of a stream. */
export type StreamCipher = (bytes: Uint8Array) => Uint8Array;

/** AES in counter mode from the 16-byte counter block `iv` on; a `key` of 16 or 32 bytes chooses AES-128 or AES-256. */
export function createAesCtr(key: Uint8Array, iv: Uint8Array): StreamCipher {
  const cipher = createCipheriv(key.length === 16 ? 'aes-128-ctr' : 'aes-256-ctr', key, iv);
  return (bytes) => cipher.update(bytes);
}

/** {@link createAesCtr} for data that is there as a whole. */
export function aesCtr(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createAesCtr(key, iv)(bytes);
}
