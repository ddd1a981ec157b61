import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { extend, testChain, transfer } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, startNode } from '../support/live-node.js';
import { grapevine, killAll, tempFolder } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import { testGenesisFile } from '../support/test-genesis-file.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
afterAll(killAll);

const BLOCKS = 5_000;
/** Eight batches on their way to the disk and the one being made, of 64 blocks each. */
const UNWRITTEN = 9 * 64;

/** The log's first line of the kind. */
const line = (node: LiveNode, message: string) => node.log().find(({ msg }) => msg === message);

describe('a node that ends in the middle of a sync', () => {
  const genesis = testGenesisFile();
  let serving: LiveNode;
  let head: { number: number; hash: string };

  beforeAll(async () => {
    await selectCrypto();
    const chain = testChain();
    const blocks = extend(chain, BLOCKS, (index) =>
      index % 2 === 0 ? { transactions: [transfer({ nonce: BigInt(index / 2) })] } : {},
    );
    head = { number: BLOCKS, hash: chain.head().hash };
    const file = join(tempFolder(), 'chain.rlp');
    writeFileSync(file, Buffer.concat(blocks.map((block) => block.raw)));
    const datadir = tempFolder();
    const imported = await grapevine(['import', file, '--datadir', datadir, '--genesis', genesis, '--fakepow']);
    expect(imported.code, imported.stderr).toBe(0);
    serving = await startNode({ datadir, genesis, args: ['--fakepow', '--nodiscover'] });
  });

  it.each<{ name: string; signal: NodeJS.Signals }>([
    { name: 'stopped', signal: 'SIGTERM' },
    { name: 'killed', signal: 'SIGKILL' },
  ])('$name: goes on from where it was', async ({ signal }) => {
    const datadir = tempFolder();
    const args = ['--fakepow', '--nodiscover', '--staticpeers', serving.enode];
    const first = await startNode({ datadir, genesis, args });
    let told = 0;
    await eventually('it is in the middle', async () => {
      told = (await headOf(first.url)).number;
      return told >= 1_200;
    });
    await first.stop(signal);

    const second = await startNode({ datadir, genesis, args });
    const opened = Number(line(second, 'Chain')?.head);
    expect(opened).toBeGreaterThanOrEqual(signal === 'SIGKILL' ? told - UNWRITTEN : told);
    expect(opened).toBeLessThan(BLOCKS);
    await eventually('it has the whole chain', async () => (await headOf(second.url)).number === BLOCKS, 120_000);
    expect(await headOf(second.url)).toEqual(head);
    expect(await second.call('eth_syncing')).toBe(false);
    const started = second.log().filter(({ msg, topic }) => topic === 'sync' && msg === 'Syncing');
    expect(started[0]).toMatchObject({ number: opened, highest: BLOCKS });
    // Each block behind that was imported once, and none before it again.
    const finished = second.log().filter(({ msg, topic }) => topic === 'sync' && msg === 'Synced');
    expect(finished.reduce((sum, { blocks }) => sum + Number(blocks), 0)).toBe(BLOCKS - opened);
    expect((await second.stop()).code).toBe(0);
  });
});
