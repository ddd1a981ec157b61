import type { PublicKey } from '../../base/brand.js';
import { fromHex, toPublicKey } from '../../base/hex.js';
import { rlpBytes, rlpNumber } from '../../codec/rlp-writer.js';
import { encodeFields, openFields, readExpiration } from './fields.js';
import type { PacketCodec } from './message.js';

/** Asks for the nodes closest to a key that the receiver knows. */
export interface FindNode {
  /** Any 64 bytes; only its hash matters. */
  readonly target: PublicKey;
  /** Seconds since 1970. */
  readonly expiration: number;
}

/** FindNode (devp2p discv4.md, FindNode Packet). */
export const findNode: PacketCodec<FindNode> = {
  name: 'FindNode',
  type: 0x03,
  encode: ({ target, expiration }) => encodeFields([rlpBytes(fromHex(target)), rlpNumber(expiration)]),
  decode(data) {
    const fields = openFields(data);
    return { target: toPublicKey(fields.fixed(64)), expiration: readExpiration(fields) };
  },
};
