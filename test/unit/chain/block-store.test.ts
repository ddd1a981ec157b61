import { expect, it } from 'vitest';
import { extend, testChain } from '../../support/chain-builder.js';

it('keeps the blocks at the tip at hand while a walk reads old ones', () => {
  const chain = testChain();
  const hashes = extend(chain, 36).map(({ hash }) => hash);
  const recent = hashes.slice(-16);
  const held = recent.map((hash) => chain.blockByHash(hash));
  const walked = hashes.slice(0, 20).map((hash) => chain.peekBlock(hash));
  expect(walked.map((block) => block?.header.number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  recent.forEach((hash, i) => {
    expect(chain.blockByHash(hash)).toBe(held[i]);
    expect(chain.peekBlock(hash)).toBe(held[i]);
  });
});
