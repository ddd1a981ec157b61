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
  natural,
  nodeId,
  nothing,
  object,
  oneOf,
  only,
  orNull,
  quantity,
  text,
  truth,
} from './json-schema.js';

const accessList = list(object({ address, storageKeys: list(hash) }));
const bloom = fixedBytes(256);

const mined = { blockHash: hash, blockNumber: quantity, blockTimestamp: quantity, transactionIndex: quantity };
const waiting = { blockHash: nothing, blockNumber: nothing, blockTimestamp: nothing, transactionIndex: nothing };
const anyTransaction = {
  hash,
  from: orNull(address),
  to: orNull(address),
  nonce: quantity,
  value: quantity,
  gas: quantity,
  gasPrice: quantity,
  input: bytes,
  v: quantity,
  r: quantity,
  s: quantity,
};

/** The three types of transactions; `place` says where they stand. */
const transaction = (place: { readonly [name: string]: JsonSchema }): JsonSchema => {
  const typed = { ...place, ...anyTransaction, chainId: quantity, accessList, yParity: oneOf('0x0', '0x1') };
  return either(
    object({ ...place, ...anyTransaction, type: only('0x0') }, { chainId: quantity }),
    object({ ...typed, type: only('0x1') }),
    object({ ...typed, type: only('0x2'), maxFeePerGas: quantity, maxPriorityFeePerGas: quantity }),
  );
};

const header = {
  hash,
  parentHash: hash,
  sha3Uncles: hash,
  miner: address,
  stateRoot: hash,
  transactionsRoot: hash,
  receiptsRoot: hash,
  logsBloom: bloom,
  difficulty: quantity,
  number: quantity,
  gasLimit: quantity,
  gasUsed: quantity,
  timestamp: quantity,
  extraData: bytes,
  mixHash: hash,
  nonce: fixedBytes(8),
};
const fromLondon = { baseFeePerGas: quantity };
const block = { ...header, size: quantity, transactions: list(hash), uncles: list(hash) };
const sealed = { ...fromLondon, totalDifficulty: quantity };

/** The shapes that several methods share, under the names that references use. */
const PARTS = {
  Transaction: transaction(mined),
  WaitingTransaction: transaction(waiting),
  Header: object(header, sealed),
  Block: object(block, sealed),
  FullBlock: object({ ...block, transactions: list({ $ref: '#/components/schemas/Transaction' }) }, sealed),
  PendingBlock: object(
    {
      ...block,
      hash: nothing,
      nonce: nothing,
      miner: nothing,
      transactions: list(either(hash, { $ref: '#/components/schemas/WaitingTransaction' })),
    },
    fromLondon,
  ),
  Uncle: object({ ...header, size: quantity, uncles: list(hash) }, fromLondon),
  Receipt: object(
    {
      blockHash: hash,
      blockNumber: quantity,
      transactionHash: hash,
      transactionIndex: quantity,
      type: oneOf('0x0', '0x1', '0x2'),
      from: address,
      to: orNull(address),
      contractAddress: nothing,
      cumulativeGasUsed: quantity,
      gasUsed: quantity,
      effectiveGasPrice: quantity,
      logs: list(anything),
      logsBloom: bloom,
    },
    { status: oneOf('0x0', '0x1'), root: hash },
  ),
  /** By sender, then by nonce in decimal. */
  PoolContent: {
    type: 'object',
    propertyNames: address,
    additionalProperties: { $ref: '#/components/schemas/PoolTransactions' },
  },
  PoolTransactions: {
    type: 'object',
    propertyNames: decimal,
    additionalProperties: { $ref: '#/components/schemas/WaitingTransaction' },
  },
  Peer: object(
    {
      id: nodeId,
      name: text,
      enode: text,
      caps: list(text),
      network: object({ localAddress: text, remoteAddress: text, inbound: truth, trusted: truth, static: truth }),
      protocols: object({
        eth: either(only('handshake'), object({ version: natural, head: hash, difficulty: decimal })),
      }),
      score: { type: 'number' },
      connectedAtMs: { type: 'number' },
    },
    { enr: text, latencyMs: { type: 'number' } },
  ),
} satisfies { readonly [name: string]: JsonSchema };

/** The name of a shared shape. */
export type PartName = keyof typeof PARTS;

/** The shared shapes, as `components.schemas` of the description. */
export const schemaParts: { readonly [name in PartName]: JsonSchema } = PARTS;

/** A reference to a shared shape. */
export const part = (name: PartName): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
