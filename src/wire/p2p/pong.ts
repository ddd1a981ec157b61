import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';

/** Pong: the answer to a Ping. It has no fields, and whatever a peer puts there is ignored (devp2p rlpx.md, Pong). */
export const pong: MessageCodec<undefined> = {
  name: 'Pong',
  code: 0x03,
  maxBytes: 2048,
  encode: () => encodeRlp([]),
  decode: () => undefined,
};
