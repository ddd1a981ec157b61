import type { Random } from '../ports/random.js';
import { crypto } from './select.js';

/** A fresh private key, uniform in 1..n-1. */
export function randomPrivateKey(random: Random): Uint8Array {
  // One draw in 2^128 is out of range.
  for (;;) {
    const key = random.bytes(32);
    if (crypto().isValidPrivateKey(key)) return key;
  }
}
