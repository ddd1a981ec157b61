import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { MessageCodec } from '../message.js';
import { readListPayload } from './list-payload.js';
import { EthCode } from './protocol.js';

/** A block that its sender has executed and would serve. */
export interface BlockAnnouncement {
  readonly hash: Hash32;
  readonly number: number;
}

/** Honest nodes announce a block or two at a time; 1024 is far above what a reconnect or a reorg could need. */
const MAX_ANNOUNCED_BLOCKS = 1024;

/** NewBlockHashes (caps/eth.md). */
export const newBlockHashes: MessageCodec<readonly BlockAnnouncement[]> = {
  name: 'NewBlockHashes',
  code: EthCode.newBlockHashes,
  maxBytes: MAX_ANNOUNCED_BLOCKS * 44 + 16,
  encode: (blocks) => encodeRlp(blocks.map(({ hash, number }) => [fromHex(hash), number])),
  decode: (payload) =>
    readListPayload(payload, MAX_ANNOUNCED_BLOCKS, (items) => {
      const entry = items.list();
      const block = { hash: toHash32(entry.fixed(32)), number: entry.number() };
      entry.done();
      return block;
    }),
};
