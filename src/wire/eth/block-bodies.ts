import { itemReply } from './item-reply.js';
import { EthCode } from './protocol.js';

/** BlockBodies: each item is rlp([transactions, uncles]); blocks that are not known are left out (caps/eth.md). */
export const blockBodies = itemReply('BlockBodies', EthCode.blockBodies);
