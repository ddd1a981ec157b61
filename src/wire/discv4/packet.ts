import type { Hash32, PublicKey } from '../../base/brand.js';
import { toHash32 } from '../../base/hex.js';
import { slabBytes } from '../../base/slab.js';
import { DecodeError } from '../../codec/decode-error.js';
import { keccak256 } from '../../crypto/keccak.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';

const HASH_LENGTH = 32;
const SIGNATURE_LENGTH = 65;
const TYPE_AT = HASH_LENGTH + SIGNATURE_LENGTH;

/** Shortest packet: a header and a type. Anything shorter is not discv4. */
export const MIN_PACKET_BYTES = TYPE_AT + 1;
/** Longest packet (devp2p discv4.md, Wire Protocol): fits the smallest IPv6 MTU, so it is never fragmented. */
export const MAX_PACKET_BYTES = 1280;

/** A packet whose hash is right and whose signature nobody has looked at. Its bytes are views into the datagram. */
export class Packet {
  readonly type: number;
  /** The message: an RLP list, and whatever follows it. */
  readonly data: Uint8Array;
  readonly #datagram: Uint8Array;

  /** Trusts that the hash was checked. */
  constructor(datagram: Uint8Array) {
    this.#datagram = datagram;
    this.type = datagram[TYPE_AT] as number;
    this.data = datagram.subarray(TYPE_AT + 1);
  }

  get hash(): Hash32 {
    return toHash32(this.#datagram.subarray(0, HASH_LENGTH));
  }

  get signature(): Uint8Array {
    return this.#datagram.subarray(HASH_LENGTH, TYPE_AT);
  }

  /** What was signed: the type and the data. */
  get signed(): Uint8Array {
    return this.#datagram.subarray(TYPE_AT);
  }
}

/** True if a datagram of this length can be a packet: the check before all others. */
export function isPacketSize(length: number): boolean {
  return length >= MIN_PACKET_BYTES && length <= MAX_PACKET_BYTES;
}

/** Checks size and hash: a few microseconds that keep other protocols and garbage away from all that is dearer. */
export function openPacket(datagram: Uint8Array): Packet {
  if (!isPacketSize(datagram.length)) throw new DecodeError('bad-length', `a packet of ${datagram.length} bytes`);
  if (!beginsWith(datagram, keccak256(datagram.subarray(HASH_LENGTH)))) throw new DecodeError('bad-mac', 'packet hash');
  return new Packet(datagram);
}

/** What a datagram says that it is, before anything is checked; undefined if it is too short to say. */
export function typeOf(datagram: Uint8Array): number | undefined {
  return datagram[TYPE_AT];
}

function beginsWith(datagram: Uint8Array, hash: Uint8Array): boolean {
  for (let i = 0; i < HASH_LENGTH; i++) if (datagram[i] !== hash[i]) return false;
  return true;
}

/** Who signed the packet; undefined if nobody can have. By far the dearest step: the caller decides when it is due. */
export function signerOf(scheme: IdentityScheme, packet: Packet): PublicKey | undefined {
  return scheme.recover(keccak256(packet.signed), packet.signature);
}

/** A datagram ready to send. */
export interface SealedPacket {
  readonly datagram: Uint8Array;
  /** Its first 32 bytes. */
  readonly hash: Uint8Array;
}

/** Signs and hashes a message of `type`. */
export function sealPacket(identity: Identity, type: number, data: Uint8Array): SealedPacket {
  const datagram = slabBytes(TYPE_AT + 1 + data.length);
  datagram[TYPE_AT] = type;
  datagram.set(data, TYPE_AT + 1);
  datagram.set(identity.sign(keccak256(datagram.subarray(TYPE_AT))), HASH_LENGTH);
  const hash = keccak256(datagram.subarray(HASH_LENGTH));
  datagram.set(hash);
  return { datagram, hash };
}
