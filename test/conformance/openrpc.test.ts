import { expect, it } from 'vitest';
import { toHex } from '../../src/base/hex.js';
import { RESULTS } from '../../src/rpc/schema/results.js';
import { loadOpenRpc } from '../support/openrpc.js';
import { CONTRACT } from '../support/rpc-chain.js';
import { account, createRpcWorld, transfer } from '../support/rpc-world.js';
import { passed } from '../support/suites/passed.js';
import { describeVectors } from '../support/vectors.js';
import { notApplicableTo } from './not-applicable.js';

describeVectors('openrpc/openrpc.json', () => {
  const world = createRpcWorld();
  const { chain } = world;
  const block = chain.blockByNumber(1);
  const withUncle = chain.blockByNumber(3);
  if (block === undefined || withUncle === undefined) throw new Error('the test world has four blocks');
  const [mined, legacy] = block.transactions;
  const typed = chain.blockByNumber(2)?.transactions[0];
  if (mined === undefined || legacy === undefined || typed === undefined)
    throw new Error('the test world has transactions');
  const call = { from: account(0), to: account(1), value: '0x1' };
  const filter = (kind: string): unknown => world.call(kind, ...(kind === 'eth_newFilter' ? [{}] : []));

  const answered: readonly (readonly [method: string, params: readonly unknown[]])[] = [
    ['eth_chainId', []],
    ['eth_blockNumber', []],
    ['eth_syncing', []],
    ['eth_accounts', []],
    ['eth_config', []],
    ['eth_capabilities', []],
    ['eth_gasPrice', []],
    ['eth_maxPriorityFeePerGas', []],
    ['eth_baseFee', []],
    ['net_version', []],
    ['eth_feeHistory', ['0x3', 'latest', [10, 50, 90]]],
    ['eth_feeHistory', ['0x400', 'latest', []]],
    ['eth_feeHistory', ['0x0', 'latest', []]],
    ['eth_getBalance', [account(0), 'latest']],
    ['eth_getTransactionCount', [account(0), 'pending']],
    ['eth_getCode', [account(0), 'latest']],
    ['eth_getCode', [CONTRACT, 'latest']],
    ['eth_getStorageAt', [account(0), '0x0', 'latest']],
    ['eth_getProof', [account(0), ['0x0', `0x${'11'.repeat(32)}`], 'latest']],
    ['eth_getProof', ['0x00000000000000000000000000000000000000ff', [], 'latest']],
    ['eth_getBlockByNumber', ['latest', false]],
    ['eth_getBlockByNumber', ['earliest', true]],
    ['eth_getBlockByNumber', ['0x1', true]],
    ['eth_getBlockByNumber', ['0x2', true]],
    ['eth_getBlockByNumber', ['0x3', true]],
    ['eth_getBlockByNumber', ['0x99', true]],
    ['eth_getBlockByNumber', ['safe', false]],
    ['eth_getBlockByNumber', ['finalized', false]],
    ['eth_getBlockByHash', [block.hash, true]],
    ['eth_getBlockByHash', [`0x${'11'.repeat(32)}`, true]],
    ['eth_getBlockTransactionCountByHash', [block.hash]],
    ['eth_getBlockTransactionCountByNumber', ['0x1']],
    ['eth_getBlockReceipts', ['0x1']],
    ['eth_getBlockReceipts', ['0x99']],
    ['eth_getTransactionByHash', [mined.hash]],
    ['eth_getTransactionByHash', [legacy.hash]],
    ['eth_getTransactionByHash', [typed.hash]],
    ['eth_getTransactionByBlockHashAndIndex', [block.hash, '0x1']],
    ['eth_getTransactionByBlockNumberAndIndex', ['0x1', '0x0']],
    ['eth_getTransactionReceipt', [mined.hash]],
    ['eth_getTransactionReceipt', [typed.hash]],
    ['eth_getTransactionReceipt', [`0x${'11'.repeat(32)}`]],
    ['eth_call', [call, 'latest']],
    ['eth_estimateGas', [call]],
    ['eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]],
    ['eth_newFilter', [{}]],
    ['eth_newBlockFilter', []],
    ['eth_newPendingTransactionFilter', []],
    ['eth_getFilterChanges', [filter('eth_newFilter')]],
    ['eth_getFilterChanges', [filter('eth_newBlockFilter')]],
    ['eth_getFilterLogs', [filter('eth_newFilter')]],
    ['eth_uninstallFilter', ['0x1']],
    ['eth_sendRawTransaction', [toHex(transfer(0, 2).raw)]],
    ['txpool_status', []],
    ['txpool_content', []],
    ['txpool_contentFrom', [account(0)]],
    ['debug_getRawHeader', ['0x1']],
    ['debug_getRawBlock', ['latest']],
    ['debug_getRawReceipts', ['0x1']],
    ['debug_getRawTransaction', [mined.hash]],
    ['debug_getBadBlocks', []],
  ];
  const openRpc = loadOpenRpc();

  it.each(answered)('%s(%j) answers as described', (method, params) => {
    expect(openRpc.methods).toContain(method);
    expect(openRpc.problem(method, world.call(method, ...params))).toBeUndefined();
    expect(world.bugs).toEqual([]);
    passed('openrpc', method);
  });

  it('describes syncing nodes', () => {
    world.setSyncing({ startingBlock: 0, currentBlock: 4, highestBlock: 9 });
    expect(openRpc.problem('eth_syncing', world.call('eth_syncing'))).toBeUndefined();
    world.setSyncing(undefined);
  });

  it('describes refused blocks', () => {
    chain.setBadBlocks([withUncle]);
    const result = world.call('debug_getBadBlocks');
    expect(result).toHaveLength(1);
    expect(openRpc.problem('debug_getBadBlocks', result)).toBeUndefined();
  });

  it('describes the coinbase once there is one', () => {
    world.call('miner_setEtherbase', account(1));
    expect(openRpc.problem('eth_coinbase', world.call('eth_coinbase'))).toBeUndefined();
    passed('openrpc', 'eth_coinbase');
  });

  it.each([
    ['type 2', {}],
    ['type 1', { type: 1, accessList: [{ address: account(1), storageKeys: [`0x${'11'.repeat(32)}`] }] }],
    ['type 0', { type: 0 }],
  ])('describes a waiting transaction of %s', (_, changes) => {
    const transaction = transfer(1, 7, changes as never);
    world.call('eth_sendRawTransaction', toHex(transaction.raw));
    expect(openRpc.pendingProblem(world.call('eth_getTransactionByHash', transaction.hash))).toBeUndefined();
  });

  it.each([
    ['type 2', {}],
    ['type 1', { gasPrice: '0x12a05f200', accessList: [] }],
    ['type 0', { gasPrice: '0x12a05f200' }],
  ])('describes a filled transaction of %s', (_, changes) => {
    const result = world.call('eth_fillTransaction', { ...call, ...changes });
    expect(openRpc.problem('eth_fillTransaction', result)).toBeUndefined();
    passed('openrpc', 'eth_fillTransaction');
  });

  it.each(notApplicableTo('openrpc'))('%s does not exist here', (method) => {
    expect(openRpc.methods).toContain(method);
    expect(RESULTS.has(method)).toBe(false);
  });

  it('finds a wrong answer', () => {
    expect(openRpc.problem('eth_chainId', '0x01')).toMatch(/pattern/);
    expect(openRpc.problem('eth_getBlockByNumber', { hash: '0x' })).toBeDefined();
  });
});
