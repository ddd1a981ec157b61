import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importChainFile } from '../../../src/platform/chain-files.js';
import type { Block } from '../../../src/types/block.js';
import { extend, testChain, transfer } from '../../support/chain-builder.js';

const NOW = 2 ** 31;

describe('importChainFile', () => {
  it.each([
    { name: 'blocks.rlp', packed: (bytes: Uint8Array) => bytes },
    { name: 'blocks.rlp.gz', packed: (bytes: Uint8Array) => gzipSync(bytes) },
  ])(
    'gives each block of $name bytes of its own: one that is kept does not keep its chunk',
    async ({ name, packed }) => {
      const blocks = extend(testChain(), 3, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
      const path = join(mkdtempSync(join(tmpdir(), 'grapevine-chain-files-')), name);
      writeFileSync(path, packed(Buffer.concat(blocks.map(({ raw }) => raw))));
      const chain = testChain();
      const taken: Block[] = [];
      const submit = (block: Block): boolean => {
        taken.push(block);
        return chain.importBlock(block, NOW).kind === 'head';
      };
      expect(await importChainFile({ chain, submit, waiting: () => 0 }, path)).toEqual({ ok: true, value: undefined });
      expect(taken.map(({ hash }) => hash)).toEqual(blocks.map(({ hash }) => hash));
      for (const { raw } of taken) expect(raw.buffer.byteLength).toBe(raw.length);
    },
  );
});
