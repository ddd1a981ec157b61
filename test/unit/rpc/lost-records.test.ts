import { describe, expect, it } from 'vitest';
import { sealedHeaderOf } from '../../../src/types/block.js';
import { failureOf } from '../../support/rpc-failure.js';
import { account, createRpcWorld, transfer } from '../../support/rpc-world.js';

/** A world whose newest block, with one transaction, has lost what `names` read. */
function damagedWorld(...names: ('receiptsOf' | 'totalDifficulty' | 'blockByHash' | 'headerByNumber')[]) {
  const { call, chain } = createRpcWorld();
  const transaction = transfer(0, 2);
  const sealed = sealedHeaderOf(chain.mine([transaction]));
  // The fake finds headers through blocks; here they are records of their own.
  Object.assign(chain, { headerByHash: () => sealed });
  for (const name of names) Object.assign(chain, { [name]: () => undefined });
  return { call, transaction };
}

type World = ReturnType<typeof damagedWorld>;

describe('a record that the disk lost', () => {
  it.each<{ name: string; lost: 'receiptsOf' | 'totalDifficulty' | 'blockByHash'; ask: (world: World) => unknown }>([
    { name: 'eth_feeHistory', lost: 'receiptsOf', ask: ({ call }) => call('eth_feeHistory', '0x1', 'latest', [50]) },
    { name: 'eth_feeHistory', lost: 'blockByHash', ask: ({ call }) => call('eth_feeHistory', '0x1', 'latest', [50]) },
    { name: 'eth_getBlockReceipts', lost: 'receiptsOf', ask: ({ call }) => call('eth_getBlockReceipts', 'latest') },
    {
      name: 'eth_getTransactionReceipt',
      lost: 'receiptsOf',
      ask: ({ call, transaction }) => call('eth_getTransactionReceipt', transaction.hash),
    },
    { name: 'debug_getRawReceipts', lost: 'receiptsOf', ask: ({ call }) => call('debug_getRawReceipts', 'latest') },
    { name: 'ots_getBlockDetails', lost: 'receiptsOf', ask: ({ call }) => call('ots_getBlockDetails', 'latest') },
    { name: 'ots_getBlockDetails', lost: 'totalDifficulty', ask: ({ call }) => call('ots_getBlockDetails', 'latest') },
    {
      name: 'ots_getBlockTransactions',
      lost: 'receiptsOf',
      ask: ({ call }) => call('ots_getBlockTransactions', 'latest', 0, 5),
    },
    {
      name: 'ots_searchTransactionsBefore',
      lost: 'receiptsOf',
      ask: ({ call }) => call('ots_searchTransactionsBefore', account(0), 0, 1),
    },
    {
      name: 'eth_getBlockByNumber',
      lost: 'totalDifficulty',
      ask: ({ call }) => call('eth_getBlockByNumber', 'latest', false),
    },
    {
      name: 'eth_getBlockByNumber',
      lost: 'blockByHash',
      ask: ({ call }) => call('eth_getBlockByNumber', 'latest', false),
    },
    {
      name: 'eth_getHeaderByNumber',
      lost: 'totalDifficulty',
      ask: ({ call }) => call('eth_getHeaderByNumber', 'latest'),
    },
    {
      name: 'eth_getTransactionByHash',
      lost: 'blockByHash',
      ask: ({ call, transaction }) => call('eth_getTransactionByHash', transaction.hash),
    },
  ])('is an error of $name, not an empty answer ($lost)', ({ lost, ask }) => {
    const world = damagedWorld(lost);
    expect(failureOf(() => ask(world))).toMatchObject({
      code: -32000,
      message: expect.stringMatching(
        /^the (receipts|total difficulty|body) of block 0x[0-9a-f]+ is lost: the database is damaged$/,
      ),
    });
  });

  it('is an error where a number up to the head has no block', () => {
    const { call } = damagedWorld('headerByNumber');
    expect(failureOf(() => call('eth_getBlockByNumber', '0x2', false))).toMatchObject({
      message: 'the header of block 2 is lost: the database is damaged',
    });
    expect(call('eth_getBlockByNumber', '0x63', false)).toBeNull();
  });
});
