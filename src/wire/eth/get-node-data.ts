import { hashRequest } from './hash-request.js';
import { EthCode } from './protocol.js';

/** GetNodeData: asks for state trie nodes; eth/66 only (EIP-4938 removed it). */
export const getNodeData = hashRequest('GetNodeData', EthCode.getNodeData);
