import { rlpNumber } from '../../codec/rlp-writer.js';
import { encodeFields, openFields, readExpiration } from './fields.js';
import type { PacketCodec } from './message.js';

/** Asks for the receiver's record. */
export interface EnrRequest {
  /** Seconds since 1970. */
  readonly expiration: number;
}

/** ENRRequest (EIP-868). */
export const enrRequest: PacketCodec<EnrRequest> = {
  name: 'ENRRequest',
  type: 0x05,
  encode: ({ expiration }) => encodeFields([rlpNumber(expiration)]),
  decode: (data) => ({ expiration: readExpiration(openFields(data)) }),
};
