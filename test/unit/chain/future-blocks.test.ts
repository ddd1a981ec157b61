import { expect, it } from 'vitest';
import { toHash32 } from '../../../src/base/hex.js';
import { FutureBlocks } from '../../../src/chain/future-blocks.js';
import { buildBlock, testChain } from '../../support/chain-builder.js';

const template = buildBlock(testChain());
const block = (n: number) => ({
  ...template,
  hash: toHash32(new Uint8Array(32).fill(n)),
  header: { ...template.header, number: n },
});

it('gives blocks back when their time has come, the earliest first', () => {
  const held = new FutureBlocks();
  expect(held.nextWake()).toBe(Number.POSITIVE_INFINITY);
  held.add(block(3), 3000);
  held.add(block(2), 1000);
  held.add(block(1), 1000);
  expect(held.nextWake()).toBe(1000);
  expect(held.takeDue(999)).toEqual([]);
  expect(held.takeDue(2999).map(({ header }) => header.number)).toEqual([1, 2]);
  expect(held.nextWake()).toBe(3000);
  expect(held.size).toBe(1);
});

it('holds no more than 64', () => {
  const held = new FutureBlocks();
  for (let n = 0; n < 100; n++) held.add(block(n), n);
  expect(held.size).toBe(64);
  expect(held.takeDue(1000)[0]?.header.number).toBe(36);
});
