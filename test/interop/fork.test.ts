import { afterAll, describe, expect, it, vi } from 'vitest';
import { devAccount, signedTransfer } from '../support/devnet-transfer.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { killAll } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 240_000 });
afterAll(killAll);

interface Receipt {
  readonly blockHash: string;
}

const receiptOf = (node: LiveNode, hash: string): Promise<Receipt | null> =>
  node.call<Receipt | null>('eth_getTransactionReceipt', hash);

describe('two nodes that mined apart', () => {
  it('become one chain when they meet, and mine the loser’s transactions again', async () => {
    const nodes = await Promise.all([
      startNode({ args: [...MINE, '--nodiscover'] }),
      startNode({ args: [...MINE, '--nodiscover'] }),
    ]);
    const [left, right] = nodes;

    const onLeft = await left.call<string>('eth_sendRawTransaction', await signedTransfer(devAccount(0), 0));
    const onRight = await right.call<string>('eth_sendRawTransaction', await signedTransfer(devAccount(1), 0));
    await eventually('both have a chain of their own, with a transaction', async () => {
      const heads = await Promise.all(nodes.map((node) => headOf(node.url)));
      const mined = await Promise.all([receiptOf(left, onLeft), receiptOf(right, onRight)]);
      return heads.every((head) => head.number >= 3) && mined.every((receipt) => receipt !== null);
    });
    expect(await receiptOf(left, onRight)).toBeNull();
    const forked = await Promise.all(
      nodes.map(async (node) => (await node.call<{ hash: string }>('eth_getBlockByNumber', '0x1', false)).hash),
    );
    expect(forked[0]).not.toBe(forked[1]);

    expect(await left.call('admin_addPeer', right.enode)).toBe(true);
    await eventually('they agree, and both transactions are mined', async () => {
      const [a, b] = await Promise.all(
        nodes.map(async (node) => ({
          first: (await node.call<{ hash: string }>('eth_getBlockByNumber', '0x1', false)).hash,
          receipts: await Promise.all([receiptOf(node, onLeft), receiptOf(node, onRight)]),
        })),
      );
      if (a?.first !== b?.first || a?.receipts.includes(null) !== false) return false;
      expect(b?.receipts).toEqual(a.receipts);
      return true;
    });

    // The one that gave up its chain says so, and how deep.
    const reorgs = nodes.flatMap((node) => node.log().filter((line) => line.msg === 'Chain reorganised'));
    expect(reorgs.some((line) => Number(line.depth) >= 3 && Number(line.returnedTxs) >= 1)).toBe(true);
    for (const node of nodes) expect((await node.stop()).code).toBe(0);
  });
});
