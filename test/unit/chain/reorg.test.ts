import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Chain, ImportOutcome } from '../../../src/chain/chain.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import type { Block } from '../../../src/types/block.js';
import {
  account,
  buildBlock,
  extend,
  flush,
  stranger,
  testChain,
  testGenesis,
  transfer,
} from '../../support/chain-builder.js';

const NOW = 2 ** 31;

beforeAll(async () => {
  await selectCrypto();
});

const numbers = (blocks: readonly Block[]) => blocks.map(({ header }) => header.number);

function reorgOf(outcome: ImportOutcome) {
  if (outcome.kind !== 'head') throw new Error(`the block came out as ${outcome.kind}`);
  return outcome.reorg;
}

/** Two chains above a common block 1: two blocks of 13 s, and `fast` ones of 1 s, which are heavier each. */
function fork(fast: number) {
  const chain = testChain();
  extend(chain, 1);
  const other = testChain();
  extend(other, 1);
  const slow = extend(chain, 2, (index) => ({ transactions: [transfer({ nonce: BigInt(index), value: 5n })] }));
  const heavy = extend(other, fast, (index) => ({
    after: 1,
    transactions:
      index === 0 ? [transfer({ nonce: 0n, value: 5n })] : [transfer({ from: 1, nonce: BigInt(index - 1) })],
  }));
  return { chain, slow, heavy };
}

describe('fork choice', () => {
  it('extends the head without dropping anything', () => {
    const chain = testChain();
    const block = buildBlock(chain);
    expect(reorgOf(chain.importBlock(block, NOW))).toEqual({
      common: 0,
      depth: 0,
      dropped: [],
      added: [block],
      isWhole: true,
      returning: [],
    });
    expect(chain.totalDifficulty(block.hash)).toBe(131_072n + block.header.difficulty);
  });

  it('keeps the block seen first on equal work', () => {
    const chain = testChain();
    const [first, second] = [1, 2].map((tag) => buildBlock(chain, { extraData: Uint8Array.of(tag) }));
    if (first === undefined || second === undefined) throw new Error('no blocks');
    expect(chain.importBlock(first, NOW).kind).toBe('head');
    expect(chain.importBlock(second, NOW).kind).toBe('side');
    expect(chain.head().hash).toBe(first.hash);
    expect(chain.hasBlock(second.hash)).toBe(true);
    expect(chain.tips().map(({ hash, canonical }) => [hash, canonical])).toEqual([
      [first.hash, true],
      [second.hash, false],
    ]);
  });

  it('moves to the chain with more work, even if it is shorter', () => {
    // Each of twenty late blocks is 5 % easier than the one before; seventeen early ones get harder.
    const chain = testChain(testGenesis({ difficulty: 2n ** 30n }));
    const other = testChain(testGenesis({ difficulty: 2n ** 30n }));
    extend(chain, 20, () => ({ after: 900 }));
    const heavy = extend(other, 17, () => ({ after: 1 }));
    for (const block of heavy) chain.importBlock(block, NOW);
    expect(chain.head().hash).toBe(other.head().hash);
    expect(chain.canonicalHash(18)).toBeUndefined();
  });

  it('says what left and what joined, in rising order', () => {
    const { chain, slow, heavy } = fork(3);
    const outcomes = heavy.map((block) => chain.importBlock(block, NOW));
    const change = outcomes.findIndex(({ kind }) => kind === 'head');
    expect(outcomes.slice(0, change).every(({ kind }) => kind === 'side')).toBe(true);
    const reorg = reorgOf(outcomes[change] ?? { kind: 'known', alsoImported: [] });
    expect(reorg.common).toBe(1);
    expect(reorg.dropped.map(({ hash }) => hash)).toEqual(slow.map(({ hash }) => hash));
    expect(reorg.added.map(({ hash }) => hash)).toEqual(heavy.slice(0, change + 1).map(({ hash }) => hash));
    expect(numbers(reorg.added)).toEqual(reorg.added.map((_, index) => index + 2));
    // The first one is on both sides.
    expect(reorg.returning).toEqual(slow[1]?.transactions);
  });

  it('hands out the last 64 blocks of each side, and moves all', () => {
    const chain = testChain();
    const other = testChain();
    const slow = extend(chain, 80, (index) => ({ transactions: index === 0 ? [transfer({ nonce: 0n })] : [] }));
    const heavy = extend(other, 80, (index) => ({
      after: 1,
      transactions: index === 0 ? [transfer({ from: 1, nonce: 0n })] : [],
    }));
    const outcomes = heavy.map((block) => chain.importBlock(block, NOW));
    const change = outcomes.findIndex(({ kind }) => kind === 'head');
    expect(change).toBeGreaterThan(64);
    const reorg = reorgOf(outcomes[change] ?? { kind: 'known', alsoImported: [] });
    const lastOf = (blocks: readonly Block[]) => blocks.slice(-64).map(({ hash }) => hash);
    expect([reorg.common, reorg.depth, reorg.isWhole]).toEqual([0, 80, false]);
    expect(reorg.dropped.map(({ hash }) => hash)).toEqual(lastOf(slow));
    expect(reorg.added.map(({ hash }) => hash)).toEqual(lastOf(heavy.slice(0, change + 1)));
    expect(heavy.map((_, index) => chain.canonicalHash(index + 1))).toEqual(heavy.map(({ hash }) => hash));
    const [lost, gained] = [slow, heavy].map(([first]) => first?.transactions[0]?.hash ?? chain.genesisHash);
    expect(chain.transactionLocation(lost ?? chain.genesisHash)).toBeUndefined();
    expect(chain.transactionLocation(gained ?? chain.genesisHash)?.number).toBe(1);
    expect(chain.setHead(1)).toMatchObject({ common: 1, depth: 79, isWhole: false });
  });

  it('gives back the transactions of all blocks that left, in their order', () => {
    const chain = testChain();
    const slow = extend(chain, 70, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
    const reorg = chain.setHead(0);
    expect([reorg?.isWhole, reorg?.dropped.length]).toEqual([false, 64]);
    expect(reorg?.returning.map(({ hash }) => hash)).toEqual(slow.map(({ transactions: [tx] }) => tx?.hash));
  });

  it('gives back 4096 transactions at most, the first ones', () => {
    const chain = testChain();
    let nonce = 0n;
    // More than twice the limit.
    const transactions = () => Array.from({ length: 1_400 }, () => transfer({ nonce: nonce++ }));
    const blocks = extend(chain, 6, () => ({ transactions: transactions() }));
    const hashes = blocks.flatMap((block) => block.transactions.map(({ hash }) => hash));
    expect(chain.setHead(0)?.returning.map(({ hash }) => hash)).toEqual(hashes.slice(0, 4096));
  });

  it('moves transaction places, canonical numbers and the state along', () => {
    const { chain, slow, heavy } = fork(3);
    const shared = slow[0]?.transactions[0]?.hash;
    const lost = slow[1]?.transactions[0]?.hash;
    const gained = heavy[1]?.transactions[0]?.hash;
    if (shared === undefined || lost === undefined || gained === undefined) throw new Error('no transactions');
    expect(chain.transactionLocation(lost)).toEqual({ blockHash: slow[1]?.hash, number: 3, index: 0 });
    expect(chain.transactionLocation(gained)).toBeUndefined();
    for (const block of heavy) chain.importBlock(block, NOW);
    expect(chain.transactionLocation(shared)).toEqual({ blockHash: heavy[0]?.hash, number: 2, index: 0 });
    expect(chain.transactionLocation(lost)).toBeUndefined();
    expect(chain.transactionLocation(gained)).toEqual({ blockHash: heavy[1]?.hash, number: 3, index: 0 });
    expect([2, 3, 4].map((number) => chain.canonicalHash(number))).toEqual(heavy.map(({ hash }) => hash));
    expect(chain.stateAt(chain.head().header.stateRoot)?.account(account(0))?.nonce).toBe(1n);
    // What was dropped is still served, and its state too.
    expect(chain.blockByHash(slow[1]?.hash ?? chain.genesisHash)?.transactions[0]?.hash).toBe(lost);
    expect(chain.receiptsOf(slow[1]?.hash ?? chain.genesisHash)).toHaveLength(1);
  });

  it('goes back with setHead, and forward again when a block above is offered once more', () => {
    const chain = testChain();
    const blocks = extend(chain, 4, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
    expect(chain.setHead(4)).toBeUndefined();
    const reorg = chain.setHead(2);
    expect(reorg && { ...reorg, dropped: numbers(reorg.dropped) }).toEqual({
      common: 2,
      depth: 2,
      dropped: [3, 4],
      added: [],
      isWhole: true,
      returning: blocks.slice(2).flatMap(({ transactions }) => transactions),
    });
    expect(chain.head().header.number).toBe(2);
    expect(chain.blockByNumber(3)).toBeUndefined();
    const [last] = blocks.slice(-1);
    if (last === undefined) throw new Error('no block');
    expect(numbers(reorgOf(chain.importBlock(last, NOW)).added)).toEqual([3, 4]);
    expect(chain.head().hash).toBe(last.hash);
  });
});

describe('uncles', () => {
  it('offers side blocks of the last generations that were not used, the oldest first', () => {
    const chain = testChain();
    extend(chain, 2);
    const side = [1, 2].map((number) => {
      const parent = chain.headerByNumber(number - 1);
      if (parent === undefined) throw new Error('no parent');
      const block = buildBlock(chain, { parent, extraData: Uint8Array.of(number) });
      expect(chain.importBlock(block, NOW).kind).toBe('side');
      return block;
    });
    const candidates = chain.uncleCandidates(chain.head().hash);
    expect(candidates.map(({ hash }) => hash)).toEqual(side.map(({ hash }) => hash));
    extend(chain, 1, () => ({ uncles: candidates }));
    expect(chain.uncleCandidates(chain.head().hash)).toEqual([]);
  });

  it('pays them and the miner who names them', () => {
    const chain = testChain();
    extend(chain, 1);
    const genesis = chain.headerByNumber(0);
    if (genesis === undefined) throw new Error('no genesis');
    const uncle = buildBlock(chain, { parent: genesis, coinbase: stranger(8) });
    chain.importBlock(uncle, NOW);
    extend(chain, 1, () => ({ uncles: chain.uncleCandidates(chain.head().hash), coinbase: stranger(9) }));
    const state = chain.stateAt(chain.head().header.stateRoot);
    expect(state?.account(stranger(8))?.balance).toBe((7n * 2n * 10n ** 18n) / 8n);
    expect(state?.account(stranger(9))?.balance).toBe(2n * 10n ** 18n + (2n * 10n ** 18n) / 32n);
  });
});

describe('order of arrival', () => {
  /** A random tree of blocks, parents first: each entry says which earlier block it builds on, and how late. */
  const trees = fc.array(fc.record({ parent: fc.nat(), after: fc.constantFrom(1, 13, 30) }), {
    minLength: 1,
    maxLength: 12,
  });

  function grow(tree: readonly { parent: number; after: number }[]): { chain: Chain; blocks: Block[] } {
    const chain = testChain(testGenesis({ difficulty: 2n ** 24n }));
    const genesis = chain.head();
    const blocks: Block[] = [];
    tree.forEach(({ parent, after }, index) => {
      const at = parent % (blocks.length + 1);
      // The tag keeps siblings apart that say the same otherwise.
      const block = buildBlock(chain, { parent: blocks[at - 1] ?? genesis, after, extraData: Uint8Array.of(index) });
      chain.importBlock(block, NOW);
      blocks.push(block);
    });
    return { chain, blocks };
  }

  it('does not change which work wins, nor the state there', () => {
    fc.assert(
      fc.property(trees, fc.infiniteStream(fc.nat()), (tree, luck) => {
        const { chain, blocks } = grow(tree);
        const shuffled = [...blocks];
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = (luck.next().value ?? 0) % (i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j] as Block, shuffled[i] as Block];
        }
        const kv = new MemoryKv();
        const other = testChain(testGenesis({ difficulty: 2n ** 24n }), kv);
        for (const block of shuffled) {
          other.importBlock(block, NOW);
          flush(other, kv);
        }
        // The orphan pool is larger than the tree, but a parent takes no more than four waiting children.
        for (const block of blocks) other.importBlock(block, NOW);
        expect(other.orphanCount()).toBe(0);
        expect(blocks.every((block) => other.hasBlock(block.hash))).toBe(true);
        expect(other.head().totalDifficulty).toBe(chain.head().totalDifficulty);
        const rivals = chain.tips().filter((tip) => tip.totalDifficulty === chain.head().totalDifficulty);
        expect(rivals.map(({ hash }) => hash)).toContain(other.head().hash);
        // Whatever won, the canonical chain below it is its own.
        for (let at = other.head().header; at.number > 0; ) {
          expect(other.canonicalHash(at.number - 1)).toBe(at.parentHash);
          const parent = other.headerByHash(at.parentHash);
          if (parent === undefined) throw new Error('a parent is missing');
          at = parent.header;
        }
        expect(other.canonicalHash(other.head().header.number + 1)).toBeUndefined();
        if (rivals.length === 1) expect(other.head().header.stateRoot).toBe(chain.head().header.stateRoot);
      }),
      { numRuns: 40 },
    );
  });
});
