import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { type LevelKv, openLevelKv } from '../../src/platform/level-kv.js';
import type { KvBatch } from '../../src/ports/kv.js';
import { metaKey, PREFIX } from '../../src/store/schema.js';
import { extend, testChain, transfer } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import { MINE, startNode } from '../support/live-node.js';
import { devnetGenesis, grapevine, killAll, tempFolder } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import { testGenesisFile } from '../support/test-genesis-file.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
afterAll(killAll);

const BLOCKS = 200;
const genesis = testGenesisFile();
const chainFile = join(tempFolder(), 'chain.rlp');
let headHash: string;

beforeAll(async () => {
  await selectCrypto();
  const chain = testChain();
  const blocks = extend(chain, BLOCKS, (index) => ({ transactions: [transfer({ nonce: BigInt(index) })] }));
  headHash = chain.head().hash;
  writeFileSync(chainFile, Buffer.concat(blocks.map(({ raw }) => raw)));
});

/** A datadir that holds the chain, closed. */
async function filledDatadir(): Promise<string> {
  const datadir = tempFolder();
  const imported = await grapevine(['import', chainFile, '--datadir', datadir, '--genesis', genesis, '--fakepow']);
  expect(imported.code, imported.stderr).toBe(0);
  return datadir;
}

const filesOf = (folder: string, name: RegExp): string[] =>
  readdirSync(folder)
    .filter((file) => name.test(file))
    .map((file) => join(folder, file));

function removeAll(files: readonly string[]): void {
  for (const file of files) rmSync(file);
}

function flipBytes(path: string, from: number, count: number): void {
  const bytes = readFileSync(path);
  for (let at = from; at < Math.min(from + count, bytes.length); at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

describe('a damaged database', () => {
  it.each<{ name: string; damage: (folder: string) => void }>([
    { name: 'the manifest is gone', damage: (folder) => removeAll(filesOf(folder, /^MANIFEST/)) },
    { name: 'CURRENT names nothing', damage: (folder) => writeFileSync(join(folder, 'CURRENT'), 'MANIFEST-999999\n') },
    { name: 'CURRENT is empty', damage: (folder) => writeFileSync(join(folder, 'CURRENT'), '') },
    {
      name: 'the log lost its tail',
      damage: (folder) => {
        for (const file of filesOf(folder, /\.log$/)) {
          const bytes = readFileSync(file);
          writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
        }
      },
    },
    {
      name: 'bytes of the log are flipped',
      damage: (folder) => {
        for (const file of filesOf(folder, /\.log$/)) flipBytes(file, readFileSync(file).length >> 1, 64);
      },
    },
    {
      name: 'everything but the lock is gone',
      damage: (folder) => removeAll(filesOf(folder, /^(?!LOCK)/)),
    },
  ])('is repaired: $name', async ({ damage }) => {
    const datadir = await filledDatadir();
    damage(join(datadir, 'chain'));
    const again = await grapevine(['import', chainFile, '--datadir', datadir, '--genesis', genesis, '--fakepow']);
    expect(again.stderr).not.toMatch(/\n {4}at /);
    // What the repair lost, the import brought back.
    expect(again.code, again.stderr).toBe(0);
    const node = await startNode({ datadir, genesis, args: ['--fakepow', '--nodiscover'] });
    expect(await headOf(node.url)).toEqual({ number: BLOCKS, hash: headHash });
    expect(await node.call('eth_getTransactionCount', '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf', 'latest')).toBe(
      '0xc8',
    );
    expect((await node.stop()).code).toBe(0);
  });

  it.each<{ name: string; code: number; says: string; change: (database: LevelKv) => KvBatch | Promise<KvBatch> }>([
    {
      name: 'another version wrote it',
      code: 3,
      says: 'use the version of grapevine that made it',
      change: () => [{ kind: 'put', key: metaKey('schema'), value: Uint8Array.of(99) }],
    },
    {
      name: 'the record of the genesis is damaged',
      code: 6,
      says: 'the database is damaged beyond repair',
      change: () => [{ kind: 'put', key: metaKey('genesis'), value: Uint8Array.of(0xc0) }],
    },
    {
      name: 'no block has its state any more',
      code: 6,
      says: 'delete ',
      change: async (database) => {
        const nodes = await database.readAll(Uint8Array.of(PREFIX.stateNode), 1_000_000);
        return nodes.map(([key]) => ({ kind: 'del', key }));
      },
    },
  ])('is refused with exit code $code if $name', async ({ code, says, change }) => {
    const datadir = await filledDatadir();
    const database = await openLevelKv(join(datadir, 'chain'));
    if (!database.ok) throw new Error(database.error.message);
    expect(await database.value.write(await change(database.value), { sync: true })).toBeUndefined();
    await database.value.close();
    const exit = await grapevine(['node', '--datadir', datadir, '--genesis', genesis, '--fakepow', '--port', '0']);
    expect(exit.stderr).toContain(says);
    expect(exit.code).toBe(code);
  });
});

/** A small volume of its own; undefined where this user may not mount one. */
function smallVolume(mebibytes: number): string | undefined {
  const path = join(tempFolder(), 'volume');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}

describe('a full disk', () => {
  it('below the reserve nothing is opened, with exit code 7', async () => {
    const env = { GRAPEVINE_LEAST_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) };
    for (const args of [
      ['node', '--port', '0'],
      ['import', chainFile],
      ['init', devnetGenesis],
    ]) {
      const exit = await grapevine([...args, '--datadir', tempFolder()], { env });
      expect(exit.stderr).toMatch(/only \d+ MiB are free on the volume of/);
      expect(exit.code, args[0]).toBe(7);
    }
  });

  it('stops a node with exit code 7 and leaves a database that opens', async ({ skip }) => {
    const volume = smallVolume(24);
    if (volume === undefined) skip('this user may not mount a tmpfs');
    else {
      try {
        const datadir = join(volume, 'datadir');
        const env = { GRAPEVINE_LEAST_FREE_BYTES: '0' };
        const node = await startNode({ datadir, env, args: [...MINE, '--nodiscover'] });
        await eventually('it mines', async () => (await headOf(node.url)).number > 0);
        const filler = join(volume, 'filler');
        execFileSync('sh', ['-c', `cat /dev/zero > ${filler} || true`], { stdio: 'ignore' });
        const exit = await node.exit;
        expect(exit.stderr).toContain('Fix: free space and start the node again');
        expect(exit.code).toBe(7);
        rmSync(filler);
        const again = await startNode({ datadir, env, args: ['--nodiscover'] });
        expect((await headOf(again.url)).number).toBeGreaterThan(0);
        expect((await again.stop()).code).toBe(0);
      } finally {
        execFileSync('umount', ['-l', volume], { stdio: 'ignore' });
      }
    }
  });
});
