import { itemReply } from './item-reply.js';
import { EthCode } from './protocol.js';

/** BlockHeaders: each item is an encoded header (caps/eth.md). */
export const blockHeaders = itemReply('BlockHeaders', EthCode.blockHeaders);
