import { hashRequest } from './hash-request.js';
import { EthCode } from './protocol.js';

/** GetReceipts: asks for the receipts of the blocks with these hashes (caps/eth.md). */
export const getReceipts = hashRequest('GetReceipts', EthCode.getReceipts);
