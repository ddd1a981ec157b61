import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';

/** How a key file stretches its password. */
export type KdfParameters =
  | {
      readonly kdf: 'scrypt';
      readonly salt: Uint8Array;
      readonly n: number;
      readonly r: number;
      readonly p: number;
    }
  | { readonly kdf: 'pbkdf2'; readonly salt: Uint8Array; readonly iterations: number };

/** Key files take 16 bytes for the cipher and 16 for the MAC. */
const KEY_LENGTH = 32;
/** What scrypt may take beyond its table: its block buffers, and some slack for OpenSSL's own count. */
const SCRYPT_SLACK_BYTES = 1 << 20;

/** The bytes of scrypt's table. */
export function scryptMemory(n: number, r: number): number {
  return 128 * n * r;
}

/** 32 bytes derived from the UTF-8 bytes of `password` (not normalised, as in geth): scrypt (RFC 7914) or PBKDF2-HMAC-SHA256 (RFC 8018). */
export function deriveKey(password: string, parameters: KdfParameters): Uint8Array {
  const secret = Buffer.from(password, 'utf8');
  const { salt } = parameters;
  if (parameters.kdf === 'pbkdf2') return pbkdf2Sync(secret, salt, parameters.iterations, KEY_LENGTH, 'sha256');
  const { n, r, p } = parameters;
  const maxmem = scryptMemory(n, r) + 128 * r * p + SCRYPT_SLACK_BYTES;
  // OpenSSL holds RFC 7914 to the letter and refuses n >= 2^(16 r), which some key files use (r = 1).
  if (Math.log2(n) >= 16 * r) return nobleScrypt(secret, salt, { N: n, r, p, dkLen: KEY_LENGTH, maxmem });
  return scryptSync(secret, salt, KEY_LENGTH, { N: n, r, p, maxmem });
}
