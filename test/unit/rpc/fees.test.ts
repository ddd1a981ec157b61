import { describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import { nextBaseFee } from '../../../src/consensus/base-fee.js';
import { createPaidTips } from '../../../src/rpc/paid-tips.js';
import type { Transaction, UnsignedTransaction } from '../../../src/types/transaction.js';
import { failureOf } from '../../support/rpc-failure.js';
import { createRpcWorld, transfer } from '../../support/rpc-world.js';

const GWEI = 10n ** 9n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;
const tip = (gwei: bigint): Partial<UnsignedTransaction> =>
  ({ maxPriorityFeePerGas: gwei * GWEI, maxFeePerGas: 100n * GWEI }) as Partial<UnsignedTransaction>;

describe('eth_feeHistory', () => {
  it('shows base fees to the next block, fullness, and tips by gas used', () => {
    const { call, chain } = createRpcWorld();
    const block = chain.mine([transfer(0, 2, tip(3n)), transfer(1, 1, tip(1n)), transfer(2, 1, tip(2n))]);
    const baseFees = [4, 5].map((number) => hex(chain.blockByNumber(number)?.header.baseFeePerGas ?? 0n));
    expect(call('eth_feeHistory', '0x2', 'latest', [0, 33, 34, 67, 100])).toEqual({
      oldestBlock: '0x4',
      baseFeePerGas: [...baseFees, hex(nextBaseFee(block.header))],
      gasUsedRatio: [0, 63_000 / 30_000_000],
      reward: [['0x0', '0x0', '0x0', '0x0', '0x0'], [1n, 1n, 2n, 3n, 3n].map((gwei) => hex(gwei * GWEI))],
    });
  });

  it.each([
    ['no reward without percentiles', ['0x1', 'latest', []], { oldestBlock: '0x4' }],
    ['a count as a number', [2, '0x1', null], { oldestBlock: '0x0' }],
    ['at most what there is', ['0x400', 'latest'], { oldestBlock: '0x0' }],
    ['pending as the head', ['0x1', 'pending'], { oldestBlock: '0x4' }],
    ['nothing of nothing', ['0x0', 'latest'], { oldestBlock: '0x0', baseFeePerGas: [], gasUsedRatio: [] }],
  ])('gives %s', (_, params, expected) => {
    const result = createRpcWorld().call('eth_feeHistory', ...params);
    expect(result).toMatchObject(expected);
    expect(result).not.toHaveProperty('reward');
  });

  it.each([
    ['a block beyond the head', ['0x1', '0x63'], -32000, 'request beyond head block: requested 99, head 4'],
    ['a percentile above 100', ['0x1', 'latest', [101]], -32000, 'invalid reward percentile: 101.000000'],
    [
      'falling percentiles',
      ['0x1', 'latest', [20, 10]],
      -32000,
      'invalid reward percentile: #0:20.000000 >= #1:10.000000',
    ],
    [
      'too many percentiles',
      ['0x1', 'latest', Array.from({ length: 101 }, (_, i) => i)],
      -32602,
      'invalid argument 2: over the query limit 100',
    ],
    [
      'percentiles as text',
      ['0x1', 'latest', ['10']],
      -32602,
      'invalid argument 2: json: cannot unmarshal string into Go value of type float64',
    ],
    ['no newest block', ['0x1'], -32602, 'missing value for required argument 1'],
  ])('refuses %s', (_, params, code, message) => {
    expect(failureOf(() => createRpcWorld().call('eth_feeHistory', ...params))).toMatchObject({ code, message });
  });
});

describe('fee advice', () => {
  it('is the pool’s floor on an empty chain', () => {
    const { call, chain } = createRpcWorld();
    chain.setHead(0);
    expect(call('eth_maxPriorityFeePerGas')).toBe(hex(10n ** 8n));
    // The base fee falls here, but eth_estimateGas goes by the head's.
    expect(nextBaseFee(chain.head().header)).toBeLessThan(GWEI);
    expect(call('eth_gasPrice')).toBe(hex(GWEI + 10n ** 8n));
    expect(call('eth_baseFee')).toBe(hex(nextBaseFee(chain.head().header)));
  });

  it('follows what recent blocks took, at the 60th percentile, and again after each head', () => {
    const { call, chain } = createRpcWorld();
    chain.setHead(0);
    chain.mine([transfer(0, 0, tip(5n)), transfer(1, 0, tip(1n)), transfer(2, 0, tip(3n)), transfer(0, 1, tip(50n))]);
    // The three cheapest tips of the block are 1, 3 and 5.
    expect(call('eth_maxPriorityFeePerGas')).toBe(hex(3n * GWEI));
    chain.mine([transfer(0, 2, tip(50n)), transfer(1, 1, tip(50n)), transfer(2, 1, tip(50n))]);
    expect(call('eth_maxPriorityFeePerGas')).toBe(hex(50n * GWEI));
  });

  it('never advises more than 500 gwei', () => {
    const { call, chain } = createRpcWorld();
    chain.setHead(0);
    chain.mine([
      transfer(0, 0, {
        maxPriorityFeePerGas: 9000n * GWEI,
        maxFeePerGas: 9001n * GWEI,
      } as Partial<UnsignedTransaction>),
    ]);
    expect(call('eth_maxPriorityFeePerGas')).toBe(hex(500n * GWEI));
  });
});

describe('what fee advice costs', () => {
  /** Blocks of `size` transactions each, on an empty chain, whose senders nobody knows yet. */
  function busyWorld(blocks: number, size: number) {
    const world = createRpcWorld();
    const { chain } = world;
    chain.setHead(0);
    const mine = (number: number): readonly Transaction[] => {
      const { transactions } = chain.mine(
        Array.from({ length: size }, (_, i) => transfer(0, number * size + i, tip(BigInt(i + 1)))),
      );
      for (const transaction of transactions) transaction.sender = undefined;
      return transactions;
    };
    const transactions = Array.from({ length: blocks }, (_, number) => mine(number)).flat();
    const read: Hash32[] = [];
    const { peekBlock } = chain;
    chain.peekBlock = (hash) => {
      read.push(hash);
      return peekBlock(hash);
    };
    return { ...world, mine, transactions, read };
  }

  it('is three senders a block, whatever the block holds', () => {
    const { call, transactions } = busyWorld(2, 12);
    expect(call('eth_maxPriorityFeePerGas')).toBe(hex(2n * GWEI));
    expect(transactions.filter(({ sender }) => sender !== undefined)).toHaveLength(6);
  });

  it('is one block after each head, not all that are sampled', () => {
    const { call, chain, mine, read } = busyWorld(20, 1);
    call('eth_gasPrice');
    expect(read).toHaveLength(20);
    mine(20);
    call('eth_gasPrice');
    call('eth_maxPriorityFeePerGas');
    expect(read.slice(20)).toEqual([chain.head().hash]);
  });
});

describe('what a fee history costs', () => {
  const BLOCKS = 10;
  const PER_BLOCK = 3000;

  /** Blocks that hold one transaction `PER_BLOCK` times; counts what is decoded. */
  function fullWorld() {
    const world = createRpcWorld();
    const { chain } = world;
    chain.setHead(0);
    for (let nonce = 0; nonce < BLOCKS; nonce++) chain.mine([transfer(0, nonce, tip(BigInt(nonce + 1)))]);
    const read: number[] = [];
    const { peekBlock, receiptsOf } = chain;
    const repeat = <T>(items: readonly T[]): T[] => Array.from({ length: PER_BLOCK }, () => items).flat();
    chain.peekBlock = (hash) => {
      const block = peekBlock(hash);
      if (block === undefined) return undefined;
      read.push(block.header.number);
      return { ...block, transactions: repeat(block.transactions) };
    };
    chain.receiptsOf = (hash) => repeat(receiptsOf(hash) ?? []);
    const ask = (...percentiles: number[]) =>
      world.call('eth_feeHistory', '0x400', 'latest', percentiles) as {
        readonly oldestBlock: string;
        readonly reward?: readonly (readonly string[])[];
        readonly baseFeePerGas: readonly string[];
        readonly gasUsedRatio: readonly number[];
      };
    return { ...world, ask, read };
  }

  it('is some thousand transactions a call: the answer has the newest blocks, and more the next time', () => {
    const { ask, read } = fullWorld();
    const first = ask(50);
    expect(read).toEqual([10, 9]);
    expect(first).toMatchObject({ oldestBlock: '0x9', reward: [[hex(9n * GWEI)], [hex(10n * GWEI)]] });
    expect([first.baseFeePerGas.length, first.gasUsedRatio.length]).toEqual([3, 2]);
    // Other percentiles of a known block cost nothing.
    expect(ask(10, 90).oldestBlock).toBe('0x7');
    expect(read).toEqual([10, 9, 8, 7]);
    for (let calls = 0; calls < 3; calls++) ask(50);
    expect(ask(50)).toMatchObject({ oldestBlock: '0x0', reward: { length: BLOCKS + 1 } });
    expect(read).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('is no transaction without percentiles', () => {
    const { ask, read } = fullWorld();
    expect(ask()).toMatchObject({ oldestBlock: '0x0', gasUsedRatio: { length: BLOCKS + 1 } });
    expect(read).toEqual([]);
  });

  it('is bounded in memory, too: tips are kept once a block, and 65,536 in all', () => {
    const { chain } = fullWorld();
    const { peekBlock } = chain;
    const same = createPaidTips(chain);
    same.read(chain.head().hash);
    expect(same.held()).toBe(1);
    chain.peekBlock = (hash) => {
      const block = peekBlock(hash);
      if (block === undefined) return undefined;
      const fees = (i: number) => ({ maxPriorityFeePerGas: BigInt(i + 1), maxFeePerGas: 1000n * GWEI });
      const raised = block.transactions.map((transaction, i) => ({ ...transaction, ...fees(i) }) as Transaction);
      return { ...block, transactions: raised };
    };
    const tips = createPaidTips(chain);
    const hashes = Array.from({ length: 40 }, (_, i) => chain.mine([transfer(1, i)]).hash);
    for (const hash of hashes) {
      tips.read(hash);
      expect(tips.held()).toBeLessThanOrEqual(65_536);
    }
    expect(tips.known(hashes.at(-1) ?? chain.genesisHash)).toHaveLength(PER_BLOCK);
    expect(tips.known(hashes.at(0) ?? chain.genesisHash)).toBeUndefined();
  });
});
