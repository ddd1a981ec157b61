import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import type { Block } from '../../src/types/block.js';
import { buildBlock, extend, stranger, testChain, transfer } from '../support/chain-builder.js';
import { type Exit, grapevine, killAll, tempFolder } from '../support/processes.js';
import { testGenesisFile } from '../support/test-genesis-file.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
afterAll(killAll);

const BLOCKS = 6;
const genesis = testGenesisFile();
let blocks: Block[];
/** Takes the place of block 4: its gas limit leaps. */
let bad: Block;
/** A valid block 5 that is not on the canonical chain. */
let side: Block;
let head: { hash: string; stateRoot: string };

beforeAll(async () => {
  await selectCrypto();
  const chain = testChain();
  blocks = extend(chain, BLOCKS, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
  head = { hash: chain.head().hash, stateRoot: chain.head().header.stateRoot };
  bad = buildBlock(chain, { parent: block(3), header: { gasLimit: 60_000_000n } });
  side = buildBlock(chain, { parent: block(4), coinbase: stranger(1) });
});

/** Block `number` of the chain. */
function block(number: number): Block {
  const found = blocks[number - 1];
  if (found === undefined) throw new Error(`no block ${number}`);
  return found;
}

function fileOf(...parts: readonly Uint8Array[]): string {
  const path = join(tempFolder(), 'blocks.rlp');
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

const importInto = (datadir: string, path: string, ...flags: string[]): Promise<Exit> =>
  grapevine(['import', path, '--datadir', datadir, '--genesis', genesis, '--fakepow', ...flags]);

const jsonLines = (exit: Exit): unknown[] =>
  exit.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('import', () => {
  it('takes a whole file, and knows it the second time', async () => {
    const datadir = tempFolder();
    const path = fileOf(...blocks.map(({ raw }) => raw));
    const first = await importInto(datadir, path);
    expect(first.stderr).toMatch(/^Imported 6 blocks, 6 transactions, at block 6 /);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    const second = await importInto(datadir, path);
    expect(second.stderr).toContain('6 blocks were known already.');
    expect(second.code).toBe(0);
  });

  it('stops at an invalid block and names number, hash and rule', async () => {
    const datadir = tempFolder();
    const exit = await importInto(datadir, fileOf(...[1, 2, 3].map((n) => block(n).raw), bad.raw, block(4).raw));
    expect(exit.stderr).toContain(`block 4 (${bad.hash}) is invalid: header-gas-limit-bounds`);
    expect(exit.stderr).toContain('Fix: everything before it is imported');
    expect(exit.code).toBe(1);
    const again = await importInto(datadir, fileOf(...blocks.map(({ raw }) => raw)));
    expect(again.stderr).toContain('3 blocks were known already.');
    expect(again.code).toBe(0);
  });

  it('goes on with --skip-invalid and prints a JSON line for each block and one for the head', async () => {
    const garbled = Buffer.from(block(5).raw);
    // A list where the header must be: still one RLP list, but no block.
    garbled[3] = 0xc0;
    const path = fileOf(
      ...[1, 1, 2, 3].map((n) => block(n).raw),
      bad.raw,
      block(4).raw,
      garbled,
      block(5).raw,
      side.raw,
      block(6).raw,
    );
    const exit = await importInto(tempFolder(), path, '--skip-invalid');
    const imported = (n: number, status = 'imported'): object => ({ number: n, hash: block(n).hash, status });
    const invalid = (rule: string, named: object): object => ({
      ...named,
      status: 'invalid',
      rule,
      reason: expect.stringMatching(`^${rule}: `),
    });
    expect(jsonLines(exit)).toEqual([
      imported(1),
      imported(1, 'known'),
      imported(2),
      imported(3),
      invalid('header-gas-limit-bounds', { number: 4, hash: bad.hash }),
      imported(4),
      invalid('block-undecodable', { number: null, hash: null }),
      imported(5),
      { number: 5, hash: side.hash, status: 'imported' },
      imported(6),
      { head: head.hash, stateRoot: head.stateRoot },
    ]);
    expect(exit.code).toBe(0);
  });

  it('says that a block without its parent is out of place', async () => {
    const exit = await importInto(tempFolder(), fileOf(block(1).raw, block(3).raw));
    expect(exit.stderr).toContain(`block 3 (${block(3).hash}) is invalid: unknown-parent: ${block(2).hash}`);
    expect(exit.code).toBe(1);
  });

  it('checks seals without --fakepow', async () => {
    const path = fileOf(block(1).raw);
    const exit = await grapevine(['import', path, '--datadir', tempFolder(), '--genesis', genesis]);
    expect(exit.stderr).toContain(`block 1 (${block(1).hash}) is invalid: header-seal`);
    expect(exit.code).toBe(1);
  });

  it.each([
    { name: 'garbage', parts: () => [Buffer.from('this is no chain at all')], says: 'rlp-expected-list' },
    { name: 'a cut block', parts: () => [block(1).raw, block(2).raw.subarray(0, 100)], says: 'rlp-truncated' },
    {
      name: 'a block that claims to be huge',
      parts: () => [Buffer.from('ffffffffffffffffff', 'hex')],
      says: 'too-large',
    },
  ])('names what is wrong with $name', async ({ parts, says }) => {
    const exit = await importInto(tempFolder(), fileOf(...parts()));
    expect(exit.stderr).toContain(says);
    expect(exit.stderr).not.toMatch(/\n {4}at /);
    expect(exit.code).toBe(1);
  });

  it('takes an empty file', async () => {
    expect(await importInto(tempFolder(), fileOf())).toMatchObject({ code: 0 });
  });

  it('says so when there is no file', async () => {
    const exit = await importInto(tempFolder(), '/nowhere/chain.rlp');
    expect(exit.stderr).toContain("can't read /nowhere/chain.rlp");
    expect(exit.code).toBe(2);
  });
});

describe('export', () => {
  it('writes what import read, byte for byte, or the part that is asked for', async () => {
    const datadir = tempFolder();
    const whole = Buffer.concat(blocks.map(({ raw }) => raw));
    await importInto(datadir, fileOf(whole));
    const out = join(tempFolder(), 'out.rlp');
    const exit = await grapevine(['export', out, '--datadir', datadir]);
    expect(exit.stderr).toBe(`Exported blocks 1 to 6 to ${out}.\n`);
    expect(readFileSync(out).equals(whole)).toBe(true);
    await grapevine(['export', out, '2', '3', '--datadir', datadir]);
    expect(readFileSync(out).equals(Buffer.concat([block(2).raw, block(3).raw]))).toBe(true);
  });

  it('refuses blocks beyond the head and leaves no file', async () => {
    const datadir = tempFolder();
    await importInto(datadir, fileOf(block(1).raw));
    const exit = await grapevine(['export', join(tempFolder(), 'out.rlp'), '1', '9', '--datadir', datadir]);
    expect(exit.stderr).toContain('there are no blocks 1 to 9: the head is 1');
    expect(exit.code).toBe(2);
  });

  it('replaces a file, and nothing else', async () => {
    const datadir = tempFolder();
    await importInto(datadir, fileOf(block(1).raw));
    const folder = tempFolder();
    const exit = await grapevine(['export', folder, '--datadir', datadir]);
    expect(exit.stderr).toContain(`${folder} is no file`);
    expect(exit.code).toBe(2);
    expect(existsSync(`${folder}.partial`)).toBe(false);
  });
});
