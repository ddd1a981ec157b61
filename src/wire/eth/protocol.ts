/** The versions of eth that this node speaks (devp2p caps/eth.md). */
export type EthVersion = 66 | 67 | 68;

/** Newest first: the order of preference. */
export const ETH_VERSIONS: readonly EthVersion[] = [68, 67, 66];

/** How many message codes each version owns, for capability multiplexing. 67 dropped two codes but not their numbers. */
export const ETH_LENGTHS: Readonly<Record<EthVersion, number>> = { 66: 17, 67: 17, 68: 17 };

/** Message codes within eth. */
export const EthCode = {
  status: 0x00,
  newBlockHashes: 0x01,
  transactions: 0x02,
  getBlockHeaders: 0x03,
  blockHeaders: 0x04,
  getBlockBodies: 0x05,
  blockBodies: 0x06,
  newBlock: 0x07,
  newPooledTransactionHashes: 0x08,
  getPooledTransactions: 0x09,
  pooledTransactions: 0x0a,
  getNodeData: 0x0d,
  nodeData: 0x0e,
  getReceipts: 0x0f,
  receipts: 0x10,
} as const;

/** A message code within eth that some version knows. */
export type EthCode = (typeof EthCode)[keyof typeof EthCode];

/** GetNodeData and NodeData exist in eth/66 only (EIP-4938 removed them). */
export const ETH_66_ONLY: ReadonlySet<number> = new Set([EthCode.getNodeData, EthCode.nodeData]);

/** The cap on any eth message: caps/eth.md names 10 MiB as the practical limit. */
export const MAX_ETH_MESSAGE_BYTES = 10 * 1024 * 1024;

/** The most items that one request may name or one reply may hold (caps/eth.md's soft limit, and geth's). */
export const MAX_ITEMS_PER_MESSAGE = 1024;
