import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { rlpBigInt, rlpBytes, rlpNumber } from '../../codec/rlp-writer.js';
import {
  encodeFields,
  endpointItem,
  openFields,
  readEndpoint,
  readEnrSeq,
  readExpiration,
  type StatedEndpoint,
} from './fields.js';
import type { PacketCodec } from './message.js';

/** The answer to a ping. */
export interface Pong {
  /** Where the ping came from as its receiver saw it. */
  readonly to: StatedEndpoint;
  readonly pingHash: Hash32;
  /** Seconds since 1970. */
  readonly expiration: number;
  /** Of the sender's record (EIP-868). */
  readonly enrSeq: bigint | undefined;
}

/** Pong (devp2p discv4.md, Pong Packet). */
export const pong: PacketCodec<Pong> = {
  name: 'Pong',
  type: 0x02,
  encode({ to, pingHash, expiration, enrSeq }) {
    const items = [endpointItem(to), rlpBytes(fromHex(pingHash)), rlpNumber(expiration)];
    if (enrSeq !== undefined) items.push(rlpBigInt(enrSeq));
    return encodeFields(items);
  },
  decode(data) {
    const fields = openFields(data);
    return {
      to: readEndpoint(fields),
      pingHash: toHash32(fields.fixed(32)),
      expiration: readExpiration(fields),
      enrSeq: readEnrSeq(fields),
    };
  },
};
