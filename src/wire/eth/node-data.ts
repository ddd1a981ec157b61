import { itemReply } from './item-reply.js';
import { EthCode } from './protocol.js';

/** NodeData: each item is a trie node as a byte string; eth/66 only. We answer with none: a peer that wants state by node is told at once. */
export const nodeData = itemReply('NodeData', EthCode.nodeData);
