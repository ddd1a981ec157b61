import { rlpBigInt, rlpNumber } from '../../codec/rlp-writer.js';
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

/** Version of the protocol; sent, never checked (EIP-8). */
const VERSION = rlpNumber(4);

/** "Are you there?" A pong that repeats this packet's hash proves the other side's endpoint. */
export interface Ping {
  /** The sender's own idea of its endpoint: only the TCP port is of use. */
  readonly from: StatedEndpoint;
  readonly to: StatedEndpoint;
  /** Seconds since 1970. */
  readonly expiration: number;
  /** Of the sender's record (EIP-868). */
  readonly enrSeq: bigint | undefined;
}

/** Ping (devp2p discv4.md, Ping Packet). */
export const ping: PacketCodec<Ping> = {
  name: 'Ping',
  type: 0x01,
  encode({ from, to, expiration, enrSeq }) {
    const items = [VERSION, endpointItem(from), endpointItem(to), rlpNumber(expiration)];
    if (enrSeq !== undefined) items.push(rlpBigInt(enrSeq));
    return encodeFields(items);
  },
  decode(data) {
    const fields = openFields(data);
    fields.skip();
    return {
      from: readEndpoint(fields),
      to: readEndpoint(fields),
      expiration: readExpiration(fields),
      enrSeq: readEnrSeq(fields),
    };
  },
};
