import { blockBodies } from './block-bodies.js';
import { blockHeaders } from './block-headers.js';
import { getBlockBodies } from './get-block-bodies.js';
import { getBlockHeaders } from './get-block-headers.js';
import { getNodeData } from './get-node-data.js';
import { getPooledTransactions } from './get-pooled-transactions.js';
import { getReceipts } from './get-receipts.js';
import { newBlock } from './new-block.js';
import { newBlockHashes } from './new-block-hashes.js';
import { newPooledTransactionHashes } from './new-pooled-transaction-hashes.js';
import { nodeData } from './node-data.js';
import { pooledTransactions } from './pooled-transactions.js';
import { ETH_66_ONLY, type EthVersion } from './protocol.js';
import { receipts } from './receipts.js';
import { status } from './status.js';
import { transactions } from './transactions.js';

/** What can be known of a message before it is inflated. */
export interface EthMessageInfo {
  readonly name: string;
  readonly code: number;
  /** The largest payload, uncompressed. */
  readonly maxBytes: number;
}

function messagesOf(version: EthVersion): ReadonlyMap<number, EthMessageInfo> {
  const all: readonly EthMessageInfo[] = [
    status,
    newBlockHashes,
    transactions,
    getBlockHeaders,
    blockHeaders,
    getBlockBodies,
    blockBodies,
    newBlock,
    newPooledTransactionHashes(version),
    getPooledTransactions,
    pooledTransactions,
    getNodeData,
    nodeData,
    getReceipts,
    receipts,
  ];
  const known = all.filter(({ code }) => version === 66 || !ETH_66_ONLY.has(code));
  return new Map(known.map(({ name, code, maxBytes }) => [code, { name, code, maxBytes }]));
}

const MESSAGES: Readonly<Record<EthVersion, ReadonlyMap<number, EthMessageInfo>>> = {
  66: messagesOf(66),
  67: messagesOf(67),
  68: messagesOf(68),
};

/** The message with this code in this version, for its size limit and name; undefined if the version has none. */
export function ethMessage(version: EthVersion, code: number): EthMessageInfo | undefined {
  return MESSAGES[version].get(code);
}
