import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { extend, testChain, transfer } from '../support/chain-builder.js';
import { eventually } from '../support/eventually.js';
import { startNode } from '../support/live-node.js';
import { grapevine, killAll, tempFolder } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';
import { testGenesisFile } from '../support/test-genesis-file.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
afterAll(killAll);

const BLOCKS = 10_000;
/** Every so many blocks there is a transfer. */
const TRANSFER_EVERY = 4;

describe(`a chain of ${BLOCKS} blocks`, () => {
  const folder = tempFolder();
  const file = join(folder, 'chain.rlp');
  const genesis = testGenesisFile();
  const source = join(folder, 'source');
  let head: { number: number; hash: string };

  beforeAll(async () => {
    await selectCrypto();
    const chain = testChain();
    const blocks = extend(chain, BLOCKS, (index) =>
      index % TRANSFER_EVERY === 0 ? { transactions: [transfer({ nonce: BigInt(index / TRANSFER_EVERY) })] } : {},
    );
    writeFileSync(file, Buffer.concat(blocks.map((block) => block.raw)));
    head = { number: BLOCKS, hash: chain.head().hash };
  });

  it('is imported from a file', async () => {
    const imported = await grapevine(['import', file, '--datadir', source, '--genesis', genesis, '--fakepow']);
    expect(imported.code, imported.stderr).toBe(0);
    expect(imported.stderr).toMatch(/^Imported 10000 blocks, 2500 transactions, at block 10000 /m);
    console.info(imported.stderr.trim());
  });

  it('is synced by a node that knows nothing but a bootnode', async () => {
    const serving = await startNode({ datadir: source, genesis, args: ['--fakepow'] });
    expect(await headOf(serving.url)).toEqual(head);

    const startedAt = performance.now();
    const syncing = await startNode({ genesis, args: ['--fakepow', '--bootnodes', serving.enode] });
    await eventually('it has the whole chain', async () => (await headOf(syncing.url)).number === BLOCKS, 180_000);
    const seconds = (performance.now() - startedAt) / 1000;
    console.info(
      `Synced ${BLOCKS} blocks in ${seconds.toFixed(1)} s, ${Math.round(BLOCKS / seconds)} blocks/s, start of the node included`,
    );
    expect(await headOf(syncing.url)).toEqual(head);
    expect(await syncing.call('eth_syncing')).toBe(false);
    for (const node of [syncing, serving]) expect((await node.stop()).code).toBe(0);
  });
});
