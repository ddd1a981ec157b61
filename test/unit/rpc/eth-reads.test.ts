import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/base/hex.js';
import { keccak256 } from '../../../src/crypto/keccak.js';
import { verifyProof } from '../../../src/trie/verify-proof.js';
import { decodeAccount } from '../../../src/types/account.js';
import { decodeBlock } from '../../../src/types/block.js';
import { decodeHeader } from '../../../src/types/header.js';
import { COINBASE, CONTRACT } from '../../support/rpc-chain.js';
import { failureOf } from '../../support/rpc-failure.js';
import { account, createRpcWorld, transfer } from '../../support/rpc-world.js';

const NOWHERE = `0x${'11'.repeat(32)}`;
const error = (code: number, message: string) =>
  expect.objectContaining({ code, message, data: expect.objectContaining({ hint: expect.any(String) }) });

function setUp() {
  const world = createRpcWorld();
  const block = world.chain.blockByNumber(1);
  if (block === undefined) throw new Error('the world has a block 1');
  return { ...world, block };
}

describe('blocks', () => {
  it('has every member of a proof-of-work block', () => {
    const { block, call, chain } = setUp();
    expect(call('eth_getBlockByNumber', '0x1', false)).toEqual({
      number: '0x1',
      hash: block.hash,
      parentHash: chain.genesisHash,
      nonce: '0x0000000000000000',
      mixHash: block.header.mixHash,
      sha3Uncles: block.header.unclesHash,
      logsBloom: block.header.logsBloom,
      transactionsRoot: block.header.transactionsRoot,
      stateRoot: block.header.stateRoot,
      receiptsRoot: block.header.receiptsRoot,
      miner: COINBASE,
      difficulty: '0x20000',
      totalDifficulty: '0x40000',
      extraData: '0x67',
      size: `0x${block.raw.length.toString(16)}`,
      gasLimit: '0x1c9c380',
      gasUsed: '0xa410',
      timestamp: '0x6553f102',
      baseFeePerGas: '0x342770c0',
      transactions: block.transactions.map((transaction) => transaction.hash),
      uncles: [],
    });
  });

  it.each([
    ['eth_getBlockByNumber', ['0x99', false], null],
    ['eth_getBlockByHash', [NOWHERE, true], null],
    ['eth_getHeaderByHash', [NOWHERE], null],
    ['eth_getBlockReceipts', [NOWHERE], null],
    ['eth_getBlockTransactionCountByNumber', ['0x1'], '0x2'],
    ['eth_getBlockTransactionCountByNumber', ['0x99'], null],
    ['eth_getUncleCountByBlockNumber', ['0x3'], '0x1'],
    ['eth_getUncleCountByBlockNumber', ['0x99'], null],
    ['eth_getUncleByBlockNumberAndIndex', ['0x3', '0x1'], null],
    ['eth_getUncleByBlockNumberAndIndex', ['0x99', '0x0'], null],
  ])('%s(%j) is %j', (method, params, result) => {
    expect(setUp().call(method, ...params)).toBe(result);
  });

  it('shows headers, the same under the name that Otterscan uses', () => {
    const { block, call } = setUp();
    const header = call('eth_getHeaderByNumber', '0x1');
    expect(header).toMatchObject({ hash: block.hash, totalDifficulty: '0x40000' });
    expect(header).not.toHaveProperty('transactions');
    expect(call('erigon_getHeaderByNumber', '0x1')).toEqual(header);
  });

  it('shows uncles by number and by hash', () => {
    const { call, chain } = setUp();
    const uncle = call('eth_getUncleByBlockNumberAndIndex', '0x3', '0x0');
    expect(uncle).toMatchObject({ number: '0x2', uncles: [], hash: chain.blockByNumber(3)?.uncles[0]?.hash });
    expect(call('eth_getUncleByBlockHashAndIndex', chain.blockByNumber(3)?.hash, '0x0')).toEqual(uncle);
  });

  it('shows the pending block without its seal, or the head while there is none', () => {
    const { call, chain } = setUp();
    expect(call('eth_getBlockByNumber', 'pending', false)).toMatchObject({ number: '0x4' });
    chain.setPending([transfer(0, 2)]);
    expect(call('eth_getBlockByNumber', 'pending', true)).toMatchObject({
      number: '0x5',
      hash: null,
      nonce: null,
      transactions: [{ nonce: '0x2', blockHash: null }],
    });
    expect(call('eth_getBlockTransactionCountByNumber', 'pending')).toBe('0x1');
    expect(call('eth_getBalance', account(1), 'pending')).not.toBe(call('eth_getBalance', account(1), 'latest'));
  });

  it('gives the same text from the cache', () => {
    const { block, call } = setUp();
    expect(call('eth_getBlockByHash', block.hash, true)).toEqual(call('eth_getBlockByNumber', '0x1', true));
  });
});

describe('transactions', () => {
  it('shows a mined transaction of type 2 with the price it paid', () => {
    const { block, call } = setUp();
    const [transaction] = block.transactions;
    expect(call('eth_getTransactionByHash', transaction?.hash)).toMatchObject({
      blockHash: block.hash,
      blockNumber: '0x1',
      blockTimestamp: '0x6553f102',
      transactionIndex: '0x0',
      from: account(0),
      to: account(1),
      type: '0x2',
      gasPrice: `0x${(875_000_000n + 10n ** 9n).toString(16)}`,
      maxFeePerGas: '0x2540be400',
      chainId: '0x425d4',
      yParity: expect.stringMatching(/^0x[01]$/),
      accessList: [],
    });
  });

  it('shows a legacy transaction with its EIP-155 v', () => {
    const { call } = setUp();
    const legacy = call('eth_getTransactionByBlockNumberAndIndex', '0x1', '0x1') as { v: string };
    expect([543691n, 543692n]).toContain(BigInt(legacy.v));
    expect(legacy).not.toHaveProperty('yParity');
    expect(legacy).not.toHaveProperty('maxFeePerGas');
  });

  it('finds what waits in the pool, as pending', () => {
    const { call } = setUp();
    const waiting = transfer(0, 2);
    call('eth_sendRawTransaction', toHex(waiting.raw));
    expect(call('eth_getTransactionByHash', waiting.hash)).toMatchObject({ blockHash: null, gasPrice: '0x2540be400' });
    expect(call('eth_getTransactionReceipt', waiting.hash)).toBeNull();
    expect(call('eth_getTransactionBySenderAndNonce', account(0), '0x2')).toMatchObject({ hash: waiting.hash });
    expect(call('eth_pendingTransactions')).toMatchObject([{ hash: waiting.hash }]);
    expect(call('eth_getTransactionCount', account(0), 'pending')).toBe('0x3');
    expect(call('eth_getTransactionCount', account(0), 'latest')).toBe('0x2');
  });

  it('finds mined transactions by sender and nonce', () => {
    const { call, chain } = setUp();
    expect(call('eth_getTransactionBySenderAndNonce', account(0), '0x1')).toMatchObject({ blockNumber: '0x3' });
    expect(call('eth_getTransactionBySenderAndNonce', account(0), '0x0')).toMatchObject({ blockNumber: '0x1' });
    expect(call('eth_getTransactionBySenderAndNonce', account(0), '0x2')).toBeNull();
    chain.setOldestState(2);
    expect(call('eth_getTransactionBySenderAndNonce', account(0), '0x0')).toBeNull();
  });

  it.each([
    ['eth_getTransactionByHash', [NOWHERE], null],
    ['eth_getTransactionByBlockNumberAndIndex', ['0x1', '0x9'], null],
    ['eth_getTransactionByBlockHashAndIndex', [NOWHERE, '0x0'], null],
    ['eth_getTransactionReceipt', [NOWHERE], null],
    ['eth_getRawTransactionByHash', [NOWHERE], '0x'],
  ])('%s(%j) is %j', (method, params, result) => {
    expect(setUp().call(method, ...params)).toBe(result);
  });

  it('gives raw transactions', () => {
    const { block, call } = setUp();
    const raw = toHex(block.transactions[0]?.raw ?? new Uint8Array());
    expect(call('eth_getRawTransactionByHash', block.transactions[0]?.hash)).toBe(raw);
    expect(call('eth_getRawTransactionByBlockNumberAndIndex', '0x1', '0x0')).toBe(raw);
    expect(call('eth_getRawTransactionByBlockHashAndIndex', block.hash, '0x0')).toBe(raw);
  });

  it('splits the gas of a block over its receipts', () => {
    const { block, call } = setUp();
    expect(call('eth_getBlockReceipts', '0x1')).toMatchObject([
      { gasUsed: '0x5208', cumulativeGasUsed: '0x5208', status: '0x1', type: '0x2', transactionIndex: '0x0' },
      { gasUsed: '0x5208', cumulativeGasUsed: '0xa410', effectiveGasPrice: '0xb2d05e00', type: '0x0' },
    ]);
    expect(call('eth_getTransactionReceipt', block.transactions[1]?.hash)).toMatchObject({
      transactionIndex: '0x1',
      blockHash: block.hash,
      contractAddress: null,
      logs: [],
    });
  });
});

describe('state', () => {
  it.each([
    ['eth_getCode', [account(0)], '0x'],
    ['eth_getCode', [CONTRACT], '0x6000'],
    ['eth_getStorageAt', [account(0), '0x0'], `0x${'00'.repeat(32)}`],
    ['eth_getStorageAt', [account(0), '0', 'latest'], `0x${'00'.repeat(32)}`],
    ['eth_getTransactionCount', [account(0), '0x0'], '0x0'],
    ['eth_getTransactionCount', [account(0), '0x1'], '0x1'],
    ['eth_getBalance', [account(0), 'earliest'], '0x21e19e0c9bab2400000'],
    ['eth_getBalance', [`0x${'99'.repeat(20)}`], '0x0'],
    ['eth_getAccount', [`0x${'99'.repeat(20)}`], null],
  ])('%s(%j) is %j', (method, params, result) => {
    expect(setUp().call(method, ...params)).toBe(result);
  });

  it('reads state by block hash, EIP-1898 style too', () => {
    const { block, call } = setUp();
    const expected = call('eth_getBalance', account(0), '0x1');
    expect(call('eth_getBalance', account(0), block.hash)).toBe(expected);
    expect(call('eth_getBalance', account(0), { blockHash: block.hash })).toBe(expected);
    expect(call('eth_getBalance', account(0), { blockHash: block.hash, requireCanonical: true })).toBe(expected);
    expect(call('eth_getBalance', account(0), { blockNumber: '0x1' })).toBe(expected);
  });

  it.each([
    [['0x99'], error(-32000, 'header not found')],
    [[NOWHERE], error(-32000, 'header not found')],
    [['newest'], error(-32602, 'invalid argument 1: hex string without 0x prefix')],
  ])('refuses the block %j', (params, expected) => {
    expect(failureOf(() => setUp().call('eth_getBalance', account(0), ...params))).toEqual(expected);
  });

  it('says what is pruned and what is kept', () => {
    const { call, chain } = setUp();
    chain.setOldestState(3);
    expect(failureOf(() => call('eth_getBalance', account(0), '0x1'))).toEqual(
      error(-32000, 'state of block 1 is pruned: the oldest kept is that of block 3'),
    );
    expect(call('eth_capabilities')).toMatchObject({ state: { oldestBlock: '0x3' }, blocks: { oldestBlock: '0x0' } });
  });

  it('refuses bad storage keys in the words of geth', () => {
    const { call } = setUp();
    expect(failureOf(() => call('eth_getStorageAt', account(0), '0xzz', 'latest'))).toEqual(
      error(-32602, 'unable to decode storage key: hex string invalid'),
    );
    expect(failureOf(() => call('eth_getStorageAt', account(0), `0x${'0'.repeat(65)}`, 'latest'))).toEqual(
      error(-32602, 'unable to decode storage key: hex string too long, want at most 32 bytes'),
    );
  });

  it('proves an account against the state root', () => {
    const { block, call } = setUp();
    const proof = call('eth_getProof', account(0), ['0x0'], '0x1') as { accountProof: string[]; balance: string };
    const nodes = proof.accountProof.map((node) => new Uint8Array(Buffer.from(node.slice(2), 'hex')));
    const found = verifyProof(block.header.stateRoot, toHex(keccak256(fromHex(account(0)))), nodes);
    const value = found.ok ? found.value : undefined;
    expect(value === undefined ? undefined : decodeAccount(value).balance).toBe(BigInt(proof.balance));
    expect(proof).toMatchObject({ nonce: '0x1', storageProof: [{ key: '0x0', value: '0x0', proof: [] }] });
  });

  it('keeps full storage keys of a proof as they are', () => {
    const proof = setUp().call('eth_getProof', account(0), [NOWHERE, '0x01'], 'latest');
    expect(proof).toMatchObject({ storageProof: [{ key: NOWHERE }, { key: '0x1' }] });
  });
});

describe('raw encodings', () => {
  it('decode to what they encode', () => {
    const { block, call } = setUp();
    const bytes = (text: unknown) => new Uint8Array(Buffer.from(String(text).slice(2), 'hex'));
    expect(decodeHeader(bytes(call('debug_getRawHeader', '0x1'))).hash).toBe(block.hash);
    expect(decodeBlock(bytes(call('debug_getRawBlock', block.hash))).transactions).toHaveLength(2);
    expect(call('debug_getRawReceipts', '0x1')).toEqual([
      expect.stringMatching(/^0x02f9/),
      expect.stringMatching(/^0xf9/),
    ]);
    expect(failureOf(() => call('debug_getRawBlock', '0x99'))).toEqual(error(-32000, 'header not found'));
  });

  it('goes back to an earlier head', () => {
    const { call } = setUp();
    expect(call('debug_setHead', '0x2')).toBeNull();
    expect(call('eth_blockNumber')).toBe('0x2');
    expect(failureOf(() => call('debug_setHead', '0x9'))).toMatchObject({ code: -32000 });
  });
});
