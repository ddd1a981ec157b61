import {
  address,
  anything,
  bytes,
  decimal,
  either,
  fixedBytes,
  hash,
  type JsonSchema,
  list,
  mapOf,
  natural,
  nodeId,
  nothing,
  number,
  object,
  only,
  orNull,
  quantity,
  text,
  truth,
  tuple,
} from './json-schema.js';
import { part } from './parts.js';

const block = either(part('Block'), part('FullBlock'), part('PendingBlock'), nothing);
const transaction = either(part('Transaction'), part('WaitingTransaction'), nothing);
const countOrNone = orNull(quantity);
const sync = either(only(false), object({ startingBlock: quantity, currentBlock: quantity, highestBlock: quantity }));
const resource = object({ disabled: truth, oldestBlock: quantity });
const forkConfig = object({
  activationTime: natural,
  blobSchedule: object({ target: natural, max: natural, baseFeeUpdateFraction: natural }),
  chainId: quantity,
  forkId: fixedBytes(4),
  precompiles: object({}),
  systemContracts: object({}),
});
const proof = list(bytes);
const inspected = mapOf(mapOf(text));
const accountDump = object(
  { root: hash, accounts: mapOf(object({ balance: decimal, nonce: natural, root: hash, codeHash: hash, key: hash })) },
  { next: hash },
);
const details = { type: 'object', required: ['transactionCount', 'number', 'hash', 'miner', 'timestamp'] };
const page = object({
  txs: list(part('Transaction')),
  receipts: list({ type: 'object', required: ['transactionHash', 'status', 'timestamp'] }),
  firstPage: truth,
  lastPage: truth,
});

const CHAIN = {
  eth_chainId: quantity,
  eth_blockNumber: quantity,
  eth_syncing: sync,
  eth_protocolVersion: quantity,
  eth_accounts: list(address),
  eth_coinbase: address,
  eth_config: object({ current: forkConfig, next: orNull(forkConfig), last: orNull(forkConfig) }),
  eth_capabilities: object({
    head: object({ number: quantity, hash }),
    blocks: resource,
    tx: resource,
    receipts: resource,
    logs: resource,
    state: resource,
    stateproofs: resource,
  }),
  eth_getBlockByHash: block,
  eth_getBlockByNumber: block,
  eth_getHeaderByHash: orNull(part('Header')),
  eth_getHeaderByNumber: orNull(part('Header')),
  erigon_getHeaderByNumber: orNull(part('Header')),
  eth_getBlockTransactionCountByHash: countOrNone,
  eth_getBlockTransactionCountByNumber: countOrNone,
  eth_getUncleCountByBlockHash: countOrNone,
  eth_getUncleCountByBlockNumber: countOrNone,
  eth_getUncleByBlockHashAndIndex: orNull(part('Uncle')),
  eth_getUncleByBlockNumberAndIndex: orNull(part('Uncle')),
  eth_getBlockReceipts: orNull(list(part('Receipt'))),
};

const STATE = {
  eth_getBalance: quantity,
  eth_getTransactionCount: quantity,
  eth_getCode: bytes,
  eth_getStorageAt: hash,
  eth_getProof: object({
    address,
    accountProof: proof,
    balance: quantity,
    codeHash: hash,
    nonce: quantity,
    storageHash: hash,
    storageProof: list(object({ key: either(hash, quantity), value: quantity, proof })),
  }),
  eth_getAccount: orNull(object({ balance: quantity, nonce: quantity, codeHash: hash, storageRoot: hash })),
  eth_getAccountInfo: object({ balance: quantity, nonce: quantity, code: bytes }),
};

const TRANSACTIONS = {
  eth_getTransactionByHash: transaction,
  eth_getTransactionByBlockHashAndIndex: transaction,
  eth_getTransactionByBlockNumberAndIndex: transaction,
  eth_getTransactionBySenderAndNonce: transaction,
  eth_getTransactionReceipt: orNull(part('Receipt')),
  eth_getRawTransactionByHash: bytes,
  eth_getRawTransactionByBlockHashAndIndex: bytes,
  eth_getRawTransactionByBlockNumberAndIndex: bytes,
  eth_pendingTransactions: list(part('WaitingTransaction')),
  eth_sendRawTransaction: hash,
  eth_sendRawTransactionSync: part('Receipt'),
  eth_call: only('0x'),
  eth_estimateGas: quantity,
  eth_fillTransaction: object({ raw: bytes, tx: part('WaitingTransaction') }),
};

const FEES_AND_LOGS = {
  eth_gasPrice: quantity,
  eth_maxPriorityFeePerGas: quantity,
  eth_baseFee: quantity,
  eth_feeHistory: object(
    {
      oldestBlock: quantity,
      baseFeePerGas: list(quantity),
      gasUsedRatio: list({ type: 'number', minimum: 0, maximum: 1 }),
    },
    { reward: list(list(quantity)) },
  ),
  eth_getLogs: list(anything),
  eth_newFilter: quantity,
  eth_newBlockFilter: quantity,
  eth_newPendingTransactionFilter: quantity,
  eth_getFilterChanges: list(either(hash, part('WaitingTransaction'))),
  eth_getFilterLogs: list(anything),
  eth_uninstallFilter: truth,
  eth_subscribe: quantity,
  eth_unsubscribe: truth,
};

const MINING = {
  eth_mining: truth,
  eth_hashrate: quantity,
  eth_getWork: tuple(hash, hash, hash, quantity),
  eth_submitWork: truth,
  eth_submitHashrate: truth,
  miner_start: nothing,
  miner_stop: nothing,
  miner_getHashrate: quantity,
  miner_setEtherbase: truth,
  miner_setExtra: truth,
  miner_setGasPrice: truth,
  miner_setGasLimit: truth,
  miner_setMaxHashrate: truth,
};

const NETWORK = {
  net_version: decimal,
  net_listening: truth,
  net_peerCount: quantity,
  web3_clientVersion: text,
  web3_sha3: hash,
  txpool_status: object({ pending: quantity, queued: quantity }),
  txpool_content: object({ pending: part('PoolContent'), queued: part('PoolContent') }),
  txpool_inspect: object({ pending: inspected, queued: inspected }),
  txpool_contentFrom: object({ pending: part('PoolTransactions'), queued: part('PoolTransactions') }),
};

const ADMIN = {
  admin_nodeInfo: object(
    {
      id: nodeId,
      name: text,
      enode: text,
      enr: text,
      ip: text,
      ports: object({ discovery: natural, listener: natural }),
      listenAddr: text,
      protocols: object({
        eth: object({
          network: natural,
          genesis: hash,
          head: hash,
          difficulty: decimal,
          forkId: fixedBytes(4),
          chainId: decimal,
        }),
      }),
    },
    { clockAheadMs: number },
  ),
  admin_peers: list(part('Peer')),
  admin_datadir: text,
  admin_addPeer: truth,
  admin_removePeer: truth,
  admin_addTrustedPeer: truth,
  admin_removeTrustedPeer: truth,
  admin_banPeer: truth,
  admin_unbanPeer: truth,
  admin_bannedPeers: list(object({ target: text, reason: text, untilMs: orNull(number) })),
  admin_peerScores: list(object({ nodeId, score: number, connected: truth }, { lastFailure: text })),
  admin_clearTxpool: natural,
  admin_exportChain: truth,
  admin_importChain: truth,
  admin_startHTTP: truth,
  admin_stopHTTP: truth,
  admin_startWS: truth,
  admin_stopWS: truth,
  admin_subscribe: quantity,
  admin_unsubscribe: truth,
};

const DEBUG = {
  debug_getRawHeader: bytes,
  debug_getRawBlock: bytes,
  debug_getRawReceipts: list(bytes),
  debug_getRawTransaction: bytes,
  debug_getBadBlocks: list(object({ hash, rlp: bytes, block: { type: 'object', required: ['hash', 'reason'] } })),
  debug_setHead: nothing,
  debug_dumpBlock: accountDump,
  debug_accountRange: accountDump,
  debug_dbGet: bytes,
  debug_chaindbProperty: text,
  debug_chaindbCompact: nothing,
  debug_verbosity: nothing,
  debug_memStats: mapOf(natural),
  debug_stacks: text,
};

const OTTERSCAN = {
  ots_getApiLevel: natural,
  ots_hasCode: truth,
  ots_getBlockDetails: orNull(
    object({
      block: details,
      issuance: object({ blockReward: quantity, uncleReward: quantity, issuance: quantity }),
      totalFees: quantity,
    }),
  ),
  ots_getBlockTransactions: orNull(object({ fullblock: details, receipts: list(part('Receipt')) })),
  ots_getInternalOperations: list(anything),
  ots_getTransactionError: only('0x'),
  ots_getContractCreator: nothing,
  ots_traceTransaction: orNull(
    list(
      object({
        type: only('CALL'),
        depth: only(0),
        from: address,
        to: address,
        value: quantity,
        input: bytes,
        output: only('0x'),
      }),
    ),
  ),
  ots_getTransactionBySenderAndNonce: orNull(hash),
  ots_searchTransactionsBefore: page,
  ots_searchTransactionsAfter: page,
};

const RPC = {
  rpc_modules: mapOf(only('1.0')),
  rpc_discover: { type: 'object', required: ['openrpc', 'info', 'methods', 'components'] },
};

/** What each method answers with. Every method is here; `rpc_discover` and the tests read it. */
export const RESULTS: ReadonlyMap<string, JsonSchema> = new Map<string, JsonSchema>(
  Object.entries({
    ...CHAIN,
    ...STATE,
    ...TRANSACTIONS,
    ...FEES_AND_LOGS,
    ...MINING,
    ...NETWORK,
    ...ADMIN,
    ...DEBUG,
    ...OTTERSCAN,
    ots_getBlockDetailsByHash: OTTERSCAN.ots_getBlockDetails,
    ...RPC,
  }),
);
