import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import { exportChainFile, importChainFile } from '../../../src/platform/chain-files.js';
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

describe('exportChainFile', () => {
  const newPath = (name: string): string => join(mkdtempSync(join(tmpdir(), 'grapevine-chain-files-')), name);
  const brokenAt = (number: number) => {
    const chain = testChain();
    extend(chain, 3);
    const lost = chain.canonicalHash(number);
    return { ...chain, peekBlock: (hash: string) => (hash === lost ? undefined : chain.peekBlock(hash as Hash32)) };
  };

  it('leaves nothing behind of a chain that it can not read to the end', async () => {
    const path = newPath('blocks.rlp');
    expect(await exportChainFile(brokenAt(2), path, undefined, undefined)).toMatchObject({ ok: false });
    expect(existsSync(path)).toBe(false);
  });

  it.each([{ number: 1 }, { number: 2 }])(
    'keeps the file that is there, also if block $number is lost',
    async ({ number }) => {
      const path = newPath('mine');
      writeFileSync(path, 'precious');
      expect(await exportChainFile(brokenAt(number), path, undefined, undefined)).toEqual({
        ok: false,
        error: 'location would overwrite an existing file',
      });
      expect(readFileSync(path, 'utf8')).toBe('precious');
    },
  );
});
