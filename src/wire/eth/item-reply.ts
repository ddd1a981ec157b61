import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';
import { REQUEST_ID_BYTES } from './hash-request.js';
import { MAX_ETH_MESSAGE_BYTES, MAX_ITEMS_PER_MESSAGE } from './protocol.js';

/**
 * A reply whose items are still encoded: so stored bytes are served as they are, and a receiver can check how many
 * there are against what it asked before it pays for decoding any.
 */
export interface ItemReply {
  readonly requestId: bigint;
  /** RLP items, headers included; views into the payload when decoded. */
  readonly items: readonly Uint8Array[];
}

/** The codec of a message `[requestId, [item, ...]]` of at most 1024 items. */
export function itemReply(name: string, code: number): MessageCodec<ItemReply> {
  return {
    name,
    code,
    maxBytes: MAX_ETH_MESSAGE_BYTES,
    encode: ({ requestId, items }) => encodeRlpList([rlpBigInt(requestId), encodeRlpList(items)]),
    decode(payload) {
      const fields = rlpList(payload);
      const requestId = fields.bigint(REQUEST_ID_BYTES);
      const items = fields.listOf(MAX_ITEMS_PER_MESSAGE, (list) => list.raw());
      fields.done();
      return { requestId, items };
    },
  };
}
