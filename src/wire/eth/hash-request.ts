import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt, rlpBytes } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';

/** A request for the things with these hashes; the reply carries the same id (EIP-2481). */
export interface HashRequest {
  /** Chosen by the asker, at most 64 bits. */
  readonly requestId: bigint;
  readonly hashes: readonly Hash32[];
}

/** Request ids are 64 bits (EIP-2481). */
export const REQUEST_ID_BYTES = 8;

/** Four times the largest request that other clients make: a longer list is an attempt to make us look up for free. */
export const MAX_REQUESTED_HASHES = 4096;

/** The codec of a message `[requestId, [hash, ...]]`. */
export function hashRequest(name: string, code: number): MessageCodec<HashRequest> {
  return {
    name,
    code,
    maxBytes: MAX_REQUESTED_HASHES * 33 + 64,
    encode: ({ requestId, hashes }) =>
      encodeRlpList([rlpBigInt(requestId), encodeRlpList(hashes.map((hash) => rlpBytes(fromHex(hash))))]),
    decode(payload) {
      const fields = rlpList(payload);
      const requestId = fields.bigint(REQUEST_ID_BYTES);
      const hashes = fields.listOf(MAX_REQUESTED_HASHES, (items) => toHash32(items.fixed(32)));
      fields.done();
      return { requestId, hashes };
    },
  };
}
