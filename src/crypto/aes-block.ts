import { createCipheriv } from 'node:crypto';

/** AES-256 of single 16-byte blocks under one 32-byte key, without chaining or padding: the mixing step of RLPx's MAC. */
export function createAesBlock(key: Uint8Array): (block: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return (block) => cipher.update(block);
}
