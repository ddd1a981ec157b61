import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { rlpBytes } from '../../codec/rlp-writer.js';
import { encodeFields, openFields } from './fields.js';
import type { PacketCodec } from './message.js';

/** The sender's record. */
export interface EnrResponse {
  readonly requestHash: Hash32;
  /** The record's RLP, undecoded: who did not ask for it need not pay for it. */
  readonly record: Uint8Array;
}

/** ENRResponse (EIP-868). It has no expiration: the hash of the request makes it fresh. */
export const enrResponse: PacketCodec<EnrResponse> = {
  name: 'ENRResponse',
  type: 0x06,
  encode: ({ requestHash, record }) => encodeFields([rlpBytes(fromHex(requestHash)), record]),
  decode(data) {
    const fields = openFields(data);
    return { requestHash: toHash32(fields.fixed(32)), record: fields.raw() };
  },
};
