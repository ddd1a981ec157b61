import { beforeAll, describe, expect, it } from 'vitest';
import { OrphanPool } from '../../../src/chain/orphans.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { Block } from '../../../src/types/block.js';
import { type Header, sealHeader } from '../../../src/types/header.js';
import { buildBlock, extend, testChain, testGenesis } from '../../support/chain-builder.js';

const NOW = 2 ** 31;

beforeAll(async () => {
  await selectCrypto();
});

/** Blocks 1 to `count` of a chain that the test's own chain does not have. */
const foreign = (count: number): Block[] => extend(testChain(), count, () => ({ extraData: Uint8Array.of(9) }));

/** An empty block with any header. */
function blockWith(changes: Partial<Header>): Block {
  const block = buildBlock(testChain());
  const { hash, header } = sealHeader({ ...block.header, ...changes });
  return { ...block, hash, header };
}

describe('orphans', () => {
  it('are brought in by their parent, parents first', () => {
    const chain = testChain();
    const [one, two, three] = foreign(3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('no blocks');
    expect(chain.importBlock(three, NOW)).toMatchObject({ kind: 'orphan', missingParent: two.hash });
    expect(chain.importBlock(two, NOW)).toMatchObject({ kind: 'orphan', missingParent: one.hash });
    expect(chain.importBlock(three, NOW)).toMatchObject({ kind: 'orphan', missingParent: one.hash });
    const outcome = chain.importBlock(one, NOW);
    expect(outcome.alsoImported.map(({ block, outcome }) => [block.hash, outcome.kind])).toEqual([
      [two.hash, 'head'],
      [three.hash, 'head'],
    ]);
    expect(chain.head().hash).toBe(three.hash);
    expect(chain.orphanCount()).toBe(0);
  });

  it('are not kept without work', () => {
    const chain = testChain(testGenesis(), undefined, false);
    const [, two] = foreign(2);
    if (two === undefined) throw new Error('no block');
    expect(chain.importBlock(two, NOW)).toMatchObject({ kind: 'invalid', error: { code: 'header-seal' } });
    expect(chain.orphanCount()).toBe(0);
  });

  it('are not kept with a body that is not their own', () => {
    const chain = testChain();
    const [, two] = foreign(2);
    if (two === undefined) throw new Error('no block');
    const uncles = [sealHeader(two.header)];
    expect(chain.importBlock({ ...two, uncles }, NOW)).toMatchObject({ kind: 'invalid', mutated: true });
    expect(chain.orphanCount()).toBe(0);
  });

  it('that turn out to be invalid are refused when their parent comes', () => {
    const chain = testChain();
    const [one, two] = foreign(2);
    if (one === undefined || two === undefined) throw new Error('no blocks');
    const { hash, header } = sealHeader({ ...two.header, gasUsed: 1n });
    chain.importBlock({ ...two, hash, header }, NOW);
    const outcome = chain.importBlock(one, NOW);
    expect(outcome.alsoImported).toMatchObject([{ outcome: { kind: 'invalid', error: { code: 'gas-used' } } }]);
    expect(chain.head().hash).toBe(one.hash);
  });
});

describe('OrphanPool', () => {
  const size = blockWith({}).raw.length;

  it('drops the block that waited longest when it has too many', () => {
    const pool = new OrphanPool({ maxBlocks: 3, maxBytes: 1 << 20, maxPerParent: 9 });
    const blocks = [1, 2, 3, 4].map((number) => blockWith({ number }));
    for (const block of blocks) expect(pool.add(block)).toBe(true);
    expect(blocks.map((block) => pool.has(block.hash))).toEqual([false, true, true, true]);
  });

  it('drops blocks when they have too many bytes, and refuses one that is larger than the pool', () => {
    const pool = new OrphanPool({ maxBlocks: 100, maxBytes: 2 * size, maxPerParent: 9 });
    for (const number of [1, 2, 3]) pool.add(blockWith({ number }));
    expect([pool.size, pool.bytes]).toEqual([2, 2 * size]);
    expect(pool.add({ ...blockWith({ number: 4 }), raw: new Uint8Array(2 * size + 1) })).toBe(false);
    expect(pool.size).toBe(2);
  });

  it('takes only so many children of one parent', () => {
    const pool = new OrphanPool({ maxBlocks: 100, maxBytes: 1 << 20, maxPerParent: 2 });
    const added = [1, 2, 3].map((timestamp) => pool.add(blockWith({ timestamp })));
    expect(added).toEqual([true, true, false]);
    const { parentHash } = blockWith({}).header;
    expect(pool.takeChildren(parentHash)).toHaveLength(2);
    expect([pool.size, pool.bytes]).toEqual([0, 0]);
    expect(pool.takeChildren(parentHash)).toEqual([]);
    expect(pool.add(blockWith({ timestamp: 3 }))).toBe(true);
  });
});
