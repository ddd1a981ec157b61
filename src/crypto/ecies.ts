import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { PublicKey } from '../base/brand.js';
import { concatBytes } from '../base/bytes.js';
import { fromHex, toPublicKey } from '../base/hex.js';
import type { Identity } from '../ports/identity.js';
import type { Random } from '../ports/random.js';
import { aesCtr } from './aes-ctr.js';
import { randomPrivateKey } from './private-key.js';
import { crypto } from './select.js';

// devp2p rlpx.md, ECIES Encryption: R || iv || c || d, with R = 0x04 || x || y.
const POINT_LENGTH = 65;
const IV_LENGTH = 16;
const MAC_LENGTH = 32;

/** How much longer a ciphertext is than its message. */
export const ECIES_OVERHEAD = POINT_LENGTH + IV_LENGTH + MAC_LENGTH;

const KDF_COUNTER = Uint8Array.of(0, 0, 0, 1);

/**
 * `message` for the holder of `recipient`'s key (devp2p rlpx.md, ECIES Encryption). `macData` is not sent but
 * authenticated: EIP-8 puts the size prefix there. Undefined if `recipient` is not a point on the curve.
 */
export function eciesEncrypt(
  random: Random,
  recipient: PublicKey,
  message: Uint8Array,
  macData: Uint8Array,
): Uint8Array | undefined {
  const ephemeralKey = randomPrivateKey(random);
  const secret = crypto().ecdh(ephemeralKey, fromHex(recipient));
  if (secret === undefined) return undefined;
  const { cipherKey, macKey } = deriveKeys(secret);
  const iv = random.bytes(IV_LENGTH);
  const ciphertext = aesCtr(cipherKey, iv, message);
  const mac = macOf(macKey, iv, ciphertext, macData);
  return concatBytes(Uint8Array.of(4), crypto().publicKey(ephemeralKey), iv, ciphertext, mac);
}

/** The message in `encrypted`, or undefined if it is not one for `recipient` with this `macData`, unaltered. */
export function eciesDecrypt(
  recipient: Pick<Identity, 'ecdh'>,
  encrypted: Uint8Array,
  macData: Uint8Array,
): Uint8Array | undefined {
  if (encrypted.length < ECIES_OVERHEAD || encrypted[0] !== 4) return undefined;
  const ephemeral = toPublicKey(encrypted.subarray(1, POINT_LENGTH));
  const iv = encrypted.subarray(POINT_LENGTH, POINT_LENGTH + IV_LENGTH);
  const ciphertext = encrypted.subarray(POINT_LENGTH + IV_LENGTH, encrypted.length - MAC_LENGTH);
  const mac = encrypted.subarray(encrypted.length - MAC_LENGTH);

  const secret = recipient.ecdh(ephemeral);
  if (secret === undefined) return undefined;
  const { cipherKey, macKey } = deriveKeys(secret);
  if (!timingSafeEqual(mac, macOf(macKey, iv, ciphertext, macData))) return undefined;
  return aesCtr(cipherKey, iv, ciphertext);
}

/** NIST SP 800-56A concatenation KDF with SHA-256 to 32 bytes: one round. The MAC key is hashed once more. */
function deriveKeys(secret: Uint8Array): { readonly cipherKey: Uint8Array; readonly macKey: Uint8Array } {
  const derived = createHash('sha256').update(KDF_COUNTER).update(secret).digest();
  return {
    cipherKey: derived.subarray(0, 16),
    macKey: createHash('sha256').update(derived.subarray(16)).digest(),
  };
}

function macOf(macKey: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, macData: Uint8Array): Uint8Array {
  return createHmac('sha256', macKey).update(iv).update(ciphertext).update(macData).digest();
}
