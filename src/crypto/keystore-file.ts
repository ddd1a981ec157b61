import type { Address } from '../base/brand.js';
import { parseAddress } from '../base/hex.js';
import { err, ok, type Result } from '../base/result.js';
import { type KdfParameters, scryptMemory } from './kdf.js';

/** A key file as it is written: Web3 Secret Storage, version 3. Hex has no prefix. */
export interface KeystoreFile {
  readonly version: 3;
  readonly id: string;
  readonly address: string;
  readonly crypto: {
    readonly cipher: 'aes-128-ctr';
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: 'scrypt';
    readonly kdfparams: {
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly dklen: number;
      readonly salt: string;
    };
    readonly mac: string;
  };
}

/** Why a key file does not open. `message` is fit for a user. */
export interface KeystoreError {
  readonly code: 'malformed' | 'unsupported' | 'too-costly' | 'wrong-password' | 'address-mismatch';
  readonly message: string;
}

/** A key file's content, decoded and within bounds. */
export interface SealedKey {
  readonly kdf: KdfParameters;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly mac: Uint8Array;
  /** Some writers leave it out. */
  readonly address: Address | undefined;
}

/** Above what any wallet writes (256 MiB); a file that wants more would only exhaust the machine. */
const MAX_SCRYPT_BYTES = 512 * 1024 * 1024;
/** Times n * r: some 30 s of work. */
const MAX_SCRYPT_WORK = 64 * 1024 * 1024;
/** Some 10 s of work; wallets write 262,144. */
const MAX_PBKDF2_ITERATIONS = 10_000_000;
/** The longest salt read; wallets write 32 bytes. */
const MAX_SALT_BYTES = 1024;

const malformed = (what: string) => err({ code: 'malformed', message: `key file: ${what}` } as const);
const unsupported = (what: string) =>
  err({ code: 'unsupported', message: `key file: ${what} is not supported` } as const);

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of the object `value`; of anything else, none. */
function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The bytes of a hex string with or without prefix, of `minLength` to `maxLength` bytes. */
function hexBytes(value: unknown, minLength: number, maxLength: number): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const digits = value.startsWith('0x') ? value.slice(2) : value;
  if (digits.length < minLength * 2 || digits.length > maxLength * 2) return undefined;
  return /^(?:[0-9a-fA-F]{2})*$/.test(digits) ? Uint8Array.from(Buffer.from(digits, 'hex')) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** The content of a key file of version 3, checked field by field; `json` is whatever `JSON.parse` gave. */
export function parseKeystore(json: unknown): Result<SealedKey, KeystoreError> {
  if (!isFields(json)) return malformed('not an object');
  const body = fieldsOf(json.crypto ?? json.Crypto);
  const version = json.version ?? body.version;
  if (version !== 3) return unsupported(`version ${String(version)}`);
  if (body.cipher !== 'aes-128-ctr') return unsupported(`cipher ${String(body.cipher)}`);

  const iv = hexBytes(fieldsOf(body.cipherparams).iv, 16, 16);
  const ciphertext = hexBytes(body.ciphertext, 32, 32);
  const mac = hexBytes(body.mac, 32, 32);
  if (iv === undefined) return malformed('iv must be 16 bytes of hex');
  if (ciphertext === undefined) return malformed('ciphertext must be 32 bytes of hex');
  if (mac === undefined) return malformed('mac must be 32 bytes of hex');

  const address = typeof json.address === 'string' ? parsePlainAddress(json.address) : undefined;
  if (json.address !== undefined && address === undefined) return malformed('address must be 20 bytes of hex');

  const kdf = parseKdf(body.kdf, fieldsOf(body.kdfparams));
  return kdf.ok ? ok({ kdf: kdf.value, iv, ciphertext, mac, address }) : kdf;
}

function parsePlainAddress(text: string): Address | undefined {
  return parseAddress(text.startsWith('0x') ? text : `0x${text}`);
}

function parseKdf(name: unknown, parameters: Fields): Result<KdfParameters, KeystoreError> {
  const salt = hexBytes(parameters.salt, 0, MAX_SALT_BYTES);
  if (salt === undefined) return malformed('salt must be hex');
  if (parameters.dklen !== 32) return unsupported(`dklen ${String(parameters.dklen)}`);
  if (name === 'scrypt') return parseScrypt(salt, parameters);
  if (name === 'pbkdf2') return parsePbkdf2(salt, parameters);
  return unsupported(`kdf ${String(name)}`);
}

function parseScrypt(salt: Uint8Array, { n, r, p }: Fields): Result<KdfParameters, KeystoreError> {
  if (!isCount(n) || !isCount(r) || !isCount(p) || n < 2 || !Number.isInteger(Math.log2(n))) {
    return malformed('n, r and p must be positive integers, n a power of two');
  }
  if (scryptMemory(n, r) > MAX_SCRYPT_BYTES || n * r * p > MAX_SCRYPT_WORK) {
    return err({ code: 'too-costly', message: `key file: scrypt with n=${n}, r=${r}, p=${p} takes too much` });
  }
  return ok({ kdf: 'scrypt', salt, n, r, p });
}

function parsePbkdf2(salt: Uint8Array, { c, prf }: Fields): Result<KdfParameters, KeystoreError> {
  if (prf !== 'hmac-sha256') return unsupported(`prf ${String(prf)}`);
  if (!isCount(c)) return malformed('c must be a positive integer');
  if (c > MAX_PBKDF2_ITERATIONS) {
    return err({ code: 'too-costly', message: `key file: ${c} iterations of pbkdf2 are too many` });
  }
  return ok({ kdf: 'pbkdf2', salt, iterations: c });
}
