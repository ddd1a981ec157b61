import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBlockFile } from '../../../cmd/grapevine/import/block-file.js';
import { extend, testChain, transfer } from '../../support/chain-builder.js';

it('gives each block bytes of its own: one that is kept does not keep the chunk it was read in', async () => {
  const blocks = extend(testChain(), 3, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
  const path = join(mkdtempSync(join(tmpdir(), 'grapevine-block-file-')), 'blocks.rlp');
  writeFileSync(path, Buffer.concat(blocks.map(({ raw }) => raw)));
  const hashes: string[] = [];
  for await (const item of readBlockFile(path)) {
    if (item.kind !== 'block') expect.fail(item.reason);
    const { raw, hash, transactions } = item.block;
    expect(raw.buffer.byteLength).toBe(raw.length);
    for (const tx of transactions) expect(tx.raw.buffer.byteLength).toBeLessThanOrEqual(raw.length);
    hashes.push(hash);
  }
  expect(hashes).toEqual(blocks.map(({ hash }) => hash));
});
