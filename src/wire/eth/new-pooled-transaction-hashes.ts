import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { DecodeError } from '../../codec/decode-error.js';
import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';
import { readListPayload } from './list-payload.js';
import { EthCode, type EthVersion } from './protocol.js';

/** A pooled transaction that its sender would serve. */
export interface TransactionAnnouncement {
  readonly hash: Hash32;
  /** EIP-2718 type; undefined before eth/68. */
  readonly type: number | undefined;
  /** Bytes of the network form; undefined before eth/68. */
  readonly size: number | undefined;
}

/** Four times caps/eth.md's soft limit of 4096, which some clients pass; what is beyond is a bomb. */
const MAX_ANNOUNCED_TRANSACTIONS = 16_384;

const NAME = 'NewPooledTransactionHashes';

/** The form of eth/66 and 67: `[hash, ...]` (EIP-2464). */
const hashesOnly: MessageCodec<readonly TransactionAnnouncement[]> = {
  name: NAME,
  code: EthCode.newPooledTransactionHashes,
  maxBytes: MAX_ANNOUNCED_TRANSACTIONS * 33 + 16,
  encode: (announcements) => encodeRlp(announcements.map(({ hash }) => fromHex(hash))),
  decode: (payload) =>
    readListPayload(payload, MAX_ANNOUNCED_TRANSACTIONS, (items) => ({
      hash: toHash32(items.fixed(32)),
      type: undefined,
      size: undefined,
    })),
};

/** The form of eth/68: `[types, [size, ...], [hash, ...]]`, one byte of `types` for each hash (EIP-5793). */
const withTypesAndSizes: MessageCodec<readonly TransactionAnnouncement[]> = {
  name: NAME,
  code: EthCode.newPooledTransactionHashes,
  maxBytes: MAX_ANNOUNCED_TRANSACTIONS * (1 + 5 + 33) + 32,
  encode: (announcements) =>
    encodeRlp([
      Uint8Array.from(announcements, ({ type }) => type ?? 0),
      announcements.map(({ size }) => size ?? 0),
      announcements.map(({ hash }) => fromHex(hash)),
    ]),
  decode(payload) {
    const fields = rlpList(payload);
    const types = fields.bytesUpTo(MAX_ANNOUNCED_TRANSACTIONS);
    const sizes = fields.listOf(types.length, (items) => items.number());
    const hashes = fields.listOf(types.length, (items) => toHash32(items.fixed(32)));
    fields.done();
    if (sizes.length !== types.length || hashes.length !== types.length) {
      throw new DecodeError('bad-value', `${types.length} types, ${sizes.length} sizes, ${hashes.length} hashes`);
    }
    return hashes.map((hash, i) => ({ hash, type: types[i], size: sizes[i] }));
  },
};

/** NewPooledTransactionHashes in the form of `version`. */
export function newPooledTransactionHashes(version: EthVersion): MessageCodec<readonly TransactionAnnouncement[]> {
  return version >= 68 ? withTypesAndSizes : hashesOnly;
}
