import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt } from '../../codec/rlp-writer.js';
import type { Block } from '../../types/block.js';
import { decodeBlock } from '../../types/block.js';
import type { MessageCodec } from '../message.js';
import { EthCode, MAX_ETH_MESSAGE_BYTES } from './protocol.js';

/** A whole new block, and the total difficulty of the chain that it ends as its sender claims it. */
export interface NewBlock {
  readonly block: Block;
  readonly totalDifficulty: bigint;
}

/** NewBlock (caps/eth.md): a block received as bytes is forwarded as those bytes. */
export const newBlock: MessageCodec<NewBlock> = {
  name: 'NewBlock',
  code: EthCode.newBlock,
  maxBytes: MAX_ETH_MESSAGE_BYTES,
  encode: ({ block, totalDifficulty }) => encodeRlpList([block.raw, rlpBigInt(totalDifficulty)]),
  decode(payload) {
    const fields = rlpList(payload);
    const raw = fields.raw();
    const totalDifficulty = fields.bigint(32);
    fields.done();
    return { block: decodeBlock(raw), totalDifficulty };
  },
};
