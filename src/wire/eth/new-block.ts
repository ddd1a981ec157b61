import { rlpList } from '../../codec/rlp-reader.js';
import { encodeRlpList, rlpBigInt } from '../../codec/rlp-writer.js';
import { type Block, decodeOpenBlock, type OpenBlock, openBlock } from '../../types/block.js';
import type { MessageCodec } from '../message.js';
import { EthCode, MAX_ETH_MESSAGE_BYTES } from './protocol.js';

/** A whole new block, and the total difficulty of the chain that it ends as its sender claims it. */
export interface NewBlock {
  readonly block: Block;
  readonly totalDifficulty: bigint;
}

/** A NewBlock of which the body is not decoded yet. */
export interface OpenNewBlock {
  readonly block: OpenBlock;
  readonly totalDifficulty: bigint;
}

/** Reads a NewBlock up to its body: most copies of a block are told by their header. Throws DecodeError. */
export function openNewBlock(payload: Uint8Array): OpenNewBlock {
  const fields = rlpList(payload);
  const raw = fields.raw();
  const totalDifficulty = fields.bigint(32);
  fields.done();
  return { block: openBlock(raw), totalDifficulty };
}

/** NewBlock (caps/eth.md): a block received as bytes is forwarded as those bytes. */
export const newBlock: MessageCodec<NewBlock> = {
  name: 'NewBlock',
  code: EthCode.newBlock,
  maxBytes: MAX_ETH_MESSAGE_BYTES,
  encode: ({ block, totalDifficulty }) => encodeRlpList([block.raw, rlpBigInt(totalDifficulty)]),
  decode(payload) {
    const { block, totalDifficulty } = openNewBlock(payload);
    return { block: decodeOpenBlock(block), totalDifficulty };
  },
};
