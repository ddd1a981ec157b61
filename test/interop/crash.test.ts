import { afterAll, describe, expect, it, vi } from 'vitest';
import { devAccount, signedTransfer } from '../support/devnet-transfer.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { freePort, killAll, tempFolder } from '../support/processes.js';
import { headOf, RpcCallError } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 240_000 });
afterAll(killAll);

const KILLS = 3;

describe('a miner that is killed under load', () => {
  it('opens by itself, has lost no acknowledged block, keeps its identity, and mines on', async () => {
    const datadir = tempFolder();
    const port = String(await freePort());
    const witness = await startNode({ args: ['--nodiscover'] });
    const startMiner = (): Promise<LiveNode> =>
      startNode({ datadir, args: [...MINE, '--nodiscover', '--port', port, '--staticpeers', witness.enode] });
    let miner = await startMiner();
    const identity = miner.enode;

    const sender = devAccount(0);
    const sent: { raw: string; hash: string }[] = [];
    let loading = true;
    const load = (async () => {
      while (loading) {
        const raw = await signedTransfer(sender, sent.length);
        // A call that the kill cuts off is made again; `already known` says that it had arrived.
        const hash = await miner.call<string>('eth_sendRawTransaction', raw).catch((cause) => {
          return cause instanceof RpcCallError && cause.message === 'already known' ? '' : undefined;
        });
        if (hash !== undefined) sent.push({ raw, hash });
      }
    })();

    for (let kill = 1; kill <= KILLS; kill++) {
      const before = (await headOf(witness.url)).number;
      const mined = miner.log().filter((line) => line.msg === 'Mined block').length;
      await eventually('the witness follows', async () => (await headOf(witness.url)).number > before);
      // Right after a block is found its write is under way: the worst moment.
      await eventually(
        'another block is found',
        () => miner.log().filter((line) => line.msg === 'Mined block').length > mined,
      );
      await miner.stop('SIGKILL');
      const seen = (await headOf(witness.url)).number;

      miner = await startMiner();
      const reopened = miner.log().find((line) => line.msg === 'Chain');
      expect(Number(reopened?.head), `the head after kill ${kill}`).toBeGreaterThanOrEqual(seen - 1);
      expect(miner.enode).toBe(identity);
    }
    loading = false;
    await load;

    // A transaction whose answer came just before a kill may be lost; a client sends it again.
    for (const { raw } of sent) await miner.call('eth_sendRawTransaction', raw).catch(() => undefined);
    const last = sent.at(-1)?.hash;
    expect(sent.length).toBeGreaterThan(10);
    const total = `0x${sent.length.toString(16)}`;
    await eventually('all are mined, and the witness agrees', async () => {
      const counts = await Promise.all(
        [miner, witness].map((node) => node.call<string>('eth_getTransactionCount', sender.address, 'latest')),
      );
      return counts.every((count) => count === total);
    });
    if (last) {
      const [ours, theirs] = await Promise.all(
        [miner, witness].map((node) => node.call('eth_getTransactionReceipt', last)),
      );
      expect(theirs).toEqual(ours);
    }
    expect((await miner.stop()).code).toBe(0);
    expect((await witness.stop()).code).toBe(0);
  });
});
