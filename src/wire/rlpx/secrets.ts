import { concatBytes } from '../../base/bytes.js';
import { keccak256 } from '../../crypto/keccak.js';

/** What one direction of a connection is encrypted and authenticated with. */
export interface DirectionSecrets {
  readonly aesSecret: Uint8Array;
  readonly macSecret: Uint8Array;
  /** What the running MAC starts with. */
  readonly macSeed: Uint8Array;
}

/** What both sides know when the handshake is over. */
export interface Agreement {
  /** The x coordinate of the point shared by the two ephemeral keys. */
  readonly ephemeralSecret: Uint8Array;
  readonly initiatorNonce: Uint8Array;
  readonly recipientNonce: Uint8Array;
  /** The two handshake packets as they were on the wire, size prefix included. */
  readonly auth: Uint8Array;
  readonly ack: Uint8Array;
}

/** The secrets of both directions, by who sends (devp2p rlpx.md, Initial Handshake and MAC). */
export interface SessionSecrets {
  readonly fromInitiator: DirectionSecrets;
  readonly fromRecipient: DirectionSecrets;
}

/** Derives the secrets that both sides of a handshake share. */
export function deriveSecrets(agreement: Agreement): SessionSecrets {
  const { ephemeralSecret, initiatorNonce, recipientNonce, auth, ack } = agreement;
  const sharedSecret = keccak256(concatBytes(ephemeralSecret, keccak256(concatBytes(recipientNonce, initiatorNonce))));
  const aesSecret = keccak256(concatBytes(ephemeralSecret, sharedSecret));
  const macSecret = keccak256(concatBytes(ephemeralSecret, aesSecret));
  return {
    fromInitiator: { aesSecret, macSecret, macSeed: concatBytes(xor32(macSecret, recipientNonce), auth) },
    fromRecipient: { aesSecret, macSecret, macSeed: concatBytes(xor32(macSecret, initiatorNonce), ack) },
  };
}

/** The bitwise exclusive or of two 32-byte strings. */
export function xor32(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(32);
  for (let i = 0; i < 32; i++) result[i] = (a[i] as number) ^ (b[i] as number);
  return result;
}
