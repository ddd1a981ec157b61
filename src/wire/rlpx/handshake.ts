import type { PublicKey } from '../../base/brand.js';
import { concatBytes } from '../../base/bytes.js';
import { fromHex, toPublicKey } from '../../base/hex.js';
import { DecodeError } from '../../codec/decode-error.js';
import { type RlpCursor, rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import { ECIES_OVERHEAD, eciesDecrypt, eciesEncrypt } from '../../crypto/ecies.js';
import { secp256k1Scheme } from '../../crypto/identity.js';
import type { Identity } from '../../ports/identity.js';
import type { Random } from '../../ports/random.js';
import { xor32 } from './secrets.js';

/** Version of the handshake; any other is accepted from the remote (EIP-8). */
const VERSION = 4;
/** Bytes of the big-endian length in front of a packet. */
export const SIZE_PREFIX_LENGTH = 2;
/** Longest packet accepted, prefix apart. Real ones have 400 to 650 bytes; a stranger gets no more of our memory. */
const MAX_PACKET_BYTES = 2048;
/** Random padding of 100 to 299 bytes makes a packet's length say nothing (EIP-8 asks for at least 100). */
const MIN_PADDING = 100;
const PADDING_SPREAD = 200;

/** What the initiator's first packet says. */
export interface Auth {
  readonly publicKey: PublicKey;
  /** Recovered from the signature: whoever signed holds it. */
  readonly ephemeralKey: PublicKey;
  readonly nonce: Uint8Array;
}

/** What the recipient answers. */
export interface Ack {
  readonly ephemeralKey: PublicKey;
  readonly nonce: Uint8Array;
}

/**
 * The length of the packet that `prefix` announces. `first` is the packet's first byte: that of an uncompressed point, or
 * else this is the form from before EIP-8, which has no prefix and is not spoken any more.
 */
export function packetLength(prefix: Uint8Array, first: number): number {
  const length = ((prefix[0] as number) << 8) | (prefix[1] as number);
  if (first !== 0x04) throw new DecodeError('bad-value', 'not an EIP-8 handshake');
  if (length <= ECIES_OVERHEAD) throw new DecodeError('bad-length', `a handshake packet of ${length} bytes`);
  if (length > MAX_PACKET_BYTES) throw new DecodeError('too-large', `a handshake packet of ${length} bytes`);
  return length;
}

/** The auth packet of an initiator to `remote`; undefined if `remote` is not a point on the curve. */
export function sealAuth(
  random: Random,
  identity: Identity,
  ephemeral: Identity,
  nonce: Uint8Array,
  remote: PublicKey,
): Uint8Array | undefined {
  const secret = identity.ecdh(remote);
  if (secret === undefined) return undefined;
  const signature = ephemeral.sign(xor32(secret, nonce));
  return sealPacket(random, remote, encodeRlp([signature, fromHex(identity.publicKey), nonce, VERSION]));
}

/** Reads a whole auth packet, prefix included, and checks that its sender holds both keys it speaks of. */
export function openAuth(identity: Identity, packet: Uint8Array): Auth {
  const fields = openPacket(identity, packet);
  const signature = fields.fixed(65);
  const publicKey = toPublicKey(fields.fixed(64));
  const nonce = fields.fixed(32);
  const secret = identity.ecdh(publicKey);
  if (secret === undefined) throw new DecodeError('bad-signature', 'the static key is not on the curve');
  const ephemeralKey = secp256k1Scheme.recover(xor32(secret, nonce), signature);
  if (ephemeralKey === undefined) throw new DecodeError('bad-signature', 'no key can have signed the auth packet');
  return { publicKey, ephemeralKey, nonce };
}

/** The ack packet of a recipient to `remote`; undefined if `remote` is not a point on the curve. */
export function sealAck(random: Random, ack: Ack, remote: PublicKey): Uint8Array | undefined {
  return sealPacket(random, remote, encodeRlp([fromHex(ack.ephemeralKey), ack.nonce, VERSION]));
}

/** Reads a whole ack packet, prefix included. Whether the ephemeral key is a point, its use for ECDH tells. */
export function openAck(identity: Identity, packet: Uint8Array): Ack {
  const fields = openPacket(identity, packet);
  return { ephemeralKey: toPublicKey(fields.fixed(64)), nonce: fields.fixed(32) };
}

function sealPacket(random: Random, remote: PublicKey, list: Uint8Array): Uint8Array | undefined {
  const message = concatBytes(list, random.bytes(MIN_PADDING + random.below(PADDING_SPREAD)));
  const length = message.length + ECIES_OVERHEAD;
  const prefix = Uint8Array.of(length >> 8, length & 0xff);
  const encrypted = eciesEncrypt(random, remote, message, prefix);
  return encrypted === undefined ? undefined : concatBytes(prefix, encrypted);
}

/** A cursor over the packet's list. More items, the padding behind the list and other versions are ignored (EIP-8). */
function openPacket(identity: Identity, packet: Uint8Array): RlpCursor {
  const prefix = packet.subarray(0, SIZE_PREFIX_LENGTH);
  const message = eciesDecrypt(identity, packet.subarray(SIZE_PREFIX_LENGTH), prefix);
  if (message === undefined) throw new DecodeError('bad-mac', 'the handshake packet is not for us, or altered');
  return rlpSequence(message).list();
}
