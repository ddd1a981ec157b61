import { timingSafeEqual } from 'node:crypto';
import type { Address } from '../base/brand.js';
import { concatBytes } from '../base/bytes.js';
import { err, ok, type Result } from '../base/result.js';
import type { Random } from '../ports/random.js';
import { addressOfPrivateKey } from './address.js';
import { aesCtr } from './aes-ctr.js';
import { deriveKey, type KdfParameters } from './kdf.js';
import { keccak256 } from './keccak.js';
import { type KeystoreError, type KeystoreFile, parseKeystore } from './keystore-file.js';
import { crypto } from './select.js';

/** How much work a new key file costs to open, and so to guess the password of. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** What wallets write: 256 MiB and about a second a guess. */
export const STANDARD_SCRYPT: ScryptCost = { n: 262144, r: 8, p: 1 };
/** For keys that guard nothing (a devnet's): 4 MiB and some milliseconds. */
export const LIGHT_SCRYPT: ScryptCost = { n: 4096, r: 8, p: 6 };

/** The key file (Web3 Secret Storage, version 3) that opens to `privateKey` with `password`; the salt, iv and id are drawn from `random`. */
export function encryptKeystore(
  privateKey: Uint8Array,
  password: string,
  random: Random,
  cost: ScryptCost = STANDARD_SCRYPT,
): KeystoreFile {
  const kdf: KdfParameters = { kdf: 'scrypt', salt: random.bytes(32), ...cost };
  const iv = random.bytes(16);
  const derived = deriveKey(password, kdf);
  const ciphertext = aesCtr(cipherKeyOf(derived), iv, privateKey);
  return {
    version: 3,
    id: uuid(random.bytes(16)),
    address: addressOfPrivateKey(privateKey).slice(2),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: plainHex(iv) },
      ciphertext: plainHex(ciphertext),
      kdf: 'scrypt',
      kdfparams: { ...cost, dklen: derived.length, salt: plainHex(kdf.salt) },
      mac: plainHex(macOf(derived, ciphertext)),
    },
  };
}

/**
 * The 32-byte private key in a parsed key file (`json` is the value of `JSON.parse`, not trusted to be one). The password is
 * judged by the file's MAC before anything is decrypted. A key that is not in 1..n-1, or not that of the file's address, is an error.
 */
export function decryptKeystore(json: unknown, password: string): Result<Uint8Array, KeystoreError> {
  const parsed = parseKeystore(json);
  if (!parsed.ok) return parsed;
  const { kdf, iv, ciphertext, mac, address } = parsed.value;
  const derived = deriveKey(password, kdf);
  if (!timingSafeEqual(mac, macOf(derived, ciphertext))) {
    return err({ code: 'wrong-password', message: 'could not decrypt key with given password' });
  }
  const privateKey = Uint8Array.from(aesCtr(cipherKeyOf(derived), iv, ciphertext));
  if (!crypto().isValidPrivateKey(privateKey)) {
    return err({ code: 'malformed', message: 'the key file holds no valid private key' });
  }
  return matches(privateKey, address)
    ? ok(privateKey)
    : err({ code: 'address-mismatch', message: `the key is not that of ${address}` });
}

function matches(privateKey: Uint8Array, address: Address | undefined): boolean {
  return address === undefined || addressOfPrivateKey(privateKey) === address;
}

function cipherKeyOf(derived: Uint8Array): Uint8Array {
  return derived.subarray(0, 16);
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak256(concatBytes(derived.subarray(16, 32), ciphertext));
}

function plainHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** A version 4 UUID of 16 random bytes (RFC 4122, 4.4). */
function uuid(bytes: Uint8Array): string {
  const hex = plainHex(bytes);
  const variant = '89ab'.charAt((bytes[8] as number) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
