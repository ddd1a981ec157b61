import { itemReply } from './item-reply.js';
import { EthCode } from './protocol.js';

/** Receipts: each item is the list of one block's receipts, typed ones as byte strings (caps/eth.md, EIP-2718). */
export const receipts = itemReply('Receipts', EthCode.receipts);
