import type { Hash32 } from '../../base/brand.js';
import { fromHex, toHash32 } from '../../base/hex.js';
import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import type { ForkId } from '../../types/fork-id.js';
import type { MessageCodec } from '../message.js';
import { EthCode } from './protocol.js';

/** The first message of a session: which chain a node follows, and how far it got (caps/eth.md, Status). */
export interface Status {
  readonly version: number;
  readonly networkId: bigint;
  /** Of the head; a claim until headers prove it. */
  readonly totalDifficulty: bigint;
  readonly headHash: Hash32;
  readonly genesisHash: Hash32;
  readonly forkId: ForkId;
}

/** Status. */
export const status: MessageCodec<Status> = {
  name: 'Status',
  code: EthCode.status,
  maxBytes: 1024,
  encode: ({ version, networkId, totalDifficulty, headHash, genesisHash, forkId }) =>
    encodeRlp([
      version,
      networkId,
      totalDifficulty,
      fromHex(headHash),
      fromHex(genesisHash),
      [forkId.hash, forkId.next],
    ]),
  decode(payload) {
    const fields = rlpList(payload);
    const version = fields.number();
    const networkId = fields.bigint(8);
    const totalDifficulty = fields.bigint(32);
    const headHash = toHash32(fields.fixed(32));
    const genesisHash = toHash32(fields.fixed(32));
    const fork = fields.list();
    const forkId = { hash: fork.fixed(4).slice(), next: fork.bigint(8) };
    fork.done();
    fields.done();
    return { version, networkId, totalDifficulty, headHash, genesisHash, forkId };
  },
};
