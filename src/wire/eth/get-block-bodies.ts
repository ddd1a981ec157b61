import { hashRequest } from './hash-request.js';
import { EthCode } from './protocol.js';

/** GetBlockBodies: asks for the bodies of the blocks with these hashes (caps/eth.md). */
export const getBlockBodies = hashRequest('GetBlockBodies', EthCode.getBlockBodies);
