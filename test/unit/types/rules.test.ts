import { describe, expect, it } from 'vitest';
import { type ChainSpec, FORK_NAMES, type ForkBlocks, forkBlocksOf, forksUpTo } from '../../../src/types/chain-spec.js';
import { rulesAt } from '../../../src/types/rules.js';

const ETHER = 10n ** 18n;

const spec = (forks: ForkBlocks): ChainSpec => ({
  chainId: 1n,
  networkId: 1n,
  forks,
  difficultyStep: undefined,
  blockReward: undefined,
});

/** Main net, as far as our forks go. */
const MAIN_NET = spec({
  homestead: 1_150_000,
  eip150: 2_463_000,
  eip155: 2_675_000,
  eip158: 2_675_000,
  byzantium: 4_370_000,
  constantinople: 7_280_000,
  petersburg: 7_280_000,
  istanbul: 9_069_000,
  muirGlacier: 9_200_000,
  berlin: 12_244_000,
  london: 12_965_000,
});

describe('rulesAt', () => {
  const changes: [name: string, block: number, before: object, from: object][] = [
    ['EIP-155', 2_675_000, { replayProtection: false }, { replayProtection: true }],
    ['EIP-161', 2_675_000, { clearEmptyAccounts: false }, { clearEmptyAccounts: true }],
    [
      'EIP-649',
      4_370_000,
      { blockReward: 5n * ETHER, bombDelay: 0 },
      { blockReward: 3n * ETHER, bombDelay: 3_000_000 },
    ],
    ['EIP-658', 4_370_000, { receiptStatus: false }, { receiptStatus: true }],
    ['EIP-1234', 7_280_000, { blockReward: 3n * ETHER }, { blockReward: 2n * ETHER, bombDelay: 5_000_000 }],
    ['EIP-2028', 9_069_000, { dataByteGas: 68n }, { dataByteGas: 16n }],
    ['EIP-2384', 9_200_000, { bombDelay: 5_000_000 }, { bombDelay: 9_000_000 }],
    ['EIP-2930', 12_244_000, { maxTransactionType: 0 }, { maxTransactionType: 1 }],
    ['EIP-1559', 12_965_000, { maxTransactionType: 1, baseFee: false }, { maxTransactionType: 2, baseFee: true }],
    ['EIP-3554', 12_965_000, { bombDelay: 9_000_000 }, { bombDelay: 9_700_000 }],
  ];
  it.each(changes)('%s comes with block %i', (_, block, before, from) => {
    expect(rulesAt(MAIN_NET, block - 1)).toMatchObject(before);
    expect(rulesAt(MAIN_NET, block)).toMatchObject(from);
  });

  it('a reward of our own holds whatever the fork', () => {
    const own = { ...MAIN_NET, blockReward: 1n };
    expect([rulesAt(own, 1).blockReward, rulesAt(own, 20_000_000).blockReward]).toEqual([1n, 1n]);
  });

  it('a difficulty step of our own leaves the bomb out', () => {
    expect(rulesAt({ ...MAIN_NET, difficultyStep: 1 }, 1)).toMatchObject({ difficultyStep: 1n, bombDelay: undefined });
  });

  it('forks that never come change nothing', () => {
    const berlin = rulesAt(spec(forksUpTo('berlin')), Number.MAX_SAFE_INTEGER);
    expect(berlin).toMatchObject({ maxTransactionType: 1, baseFee: false });
  });
});

describe('forkBlocksOf', () => {
  it('is ascending, without repeats', () => {
    const blocks = [
      1_150_000, 2_463_000, 2_675_000, 4_370_000, 7_280_000, 9_069_000, 9_200_000, 12_244_000, 12_965_000,
    ];
    expect(forkBlocksOf(MAIN_NET)).toEqual(blocks);
  });

  it('knows no forks where all are active from the start or never come', () => {
    for (const name of FORK_NAMES) expect(forkBlocksOf(spec(forksUpTo(name)))).toEqual([]);
  });
});
