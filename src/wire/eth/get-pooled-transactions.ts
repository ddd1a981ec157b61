import { hashRequest } from './hash-request.js';
import { EthCode } from './protocol.js';

/** GetPooledTransactions: asks for pooled transactions by hash (EIP-2464). */
export const getPooledTransactions = hashRequest('GetPooledTransactions', EthCode.getPooledTransactions);
