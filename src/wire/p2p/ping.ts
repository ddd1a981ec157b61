import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';

/** Ping: asks for a Pong. It has no fields, and whatever a peer puts there is ignored (devp2p rlpx.md, Ping). */
export const ping: MessageCodec<undefined> = {
  name: 'Ping',
  code: 0x02,
  maxBytes: 2048,
  encode: () => encodeRlp([]),
  decode: () => undefined,
};
