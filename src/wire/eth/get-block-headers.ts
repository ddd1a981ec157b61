import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { DecodeError } from '../../codec/decode-error.js';
import { type RlpCursor, rlpList, rlpSequence } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';
import { REQUEST_ID_BYTES } from './hash-request.js';
import { EthCode } from './protocol.js';

/** Where a run of headers starts. */
export type HeaderOrigin =
  | { readonly kind: 'hash'; readonly hash: Hash32 }
  | { readonly kind: 'number'; readonly number: number };

/** A request for a run of headers (caps/eth.md, GetBlockHeaders). */
export interface GetBlockHeaders {
  readonly requestId: bigint;
  readonly origin: HeaderOrigin;
  /** The most headers wanted. */
  readonly amount: number;
  /** How many blocks to leave out between two headers. */
  readonly skip: number;
  /** True: towards the genesis. */
  readonly reverse: boolean;
}

/** GetBlockHeaders. Integers above 2^53 - 1 are read as that: no chain reaches it, so the meaning is the same. */
export const getBlockHeaders: MessageCodec<GetBlockHeaders> = {
  name: 'GetBlockHeaders',
  code: EthCode.getBlockHeaders,
  maxBytes: 128,
  encode: ({ requestId, origin, amount, skip, reverse }) =>
    encodeRlp([
      requestId,
      [origin.kind === 'hash' ? fromHex(origin.hash) : origin.number, amount, skip, reverse ? 1 : 0],
    ]),
  decode(payload) {
    const fields = rlpList(payload);
    const requestId = fields.bigint(REQUEST_ID_BYTES);
    const query = fields.list();
    fields.done();
    const origin = readOrigin(query);
    const amount = cappedNumber(query);
    const skip = cappedNumber(query);
    const reverse = query.number();
    if (reverse > 1) throw new DecodeError('bad-value', `a direction of ${reverse}`);
    query.done();
    return { requestId, origin, amount, skip, reverse: reverse === 1 };
  },
};

/** 32 bytes are a hash, fewer an integer. */
function readOrigin(query: RlpCursor): HeaderOrigin {
  const item = query.raw();
  const bytes = rlpSequence(item).bytesUpTo(32);
  if (bytes.length === 32) return { kind: 'hash', hash: toHash32(bytes) };
  return { kind: 'number', number: cappedNumber(rlpSequence(item)) };
}

function cappedNumber(items: RlpCursor): number {
  const value = items.bigint(8);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
