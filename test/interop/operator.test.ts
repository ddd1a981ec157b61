import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createRpcClient } from '../../cmd/grapevine/lib/rpc-client.js';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { freePort, killAll, tempFolder } from '../support/processes.js';
import { headOf } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const BLOCKS = 4;
let miner: LiveNode;
let other: LiveNode;

beforeAll(async () => {
  miner = await startNode({ args: [...MINE] });
  other = await startNode({ args: ['--nodiscover'] });
  await eventually('some blocks are mined', async () => (await headOf(miner.url)).number >= BLOCKS);
  await miner.call('miner_stop');
});

afterAll(async () => {
  await Promise.all([miner?.stop(), other?.stop()]);
  await killAll();
});

describe('chain files', () => {
  const folder = tempFolder();
  const plain = join(folder, 'chain.rlp');
  const packed = join(folder, 'chain.rlp.gz');

  it('exports, packed if the name says so, and never over a file', async () => {
    expect(await miner.call('admin_exportChain', plain)).toBe(true);
    expect(await miner.call('admin_exportChain', packed)).toBe(true);
    expect(gunzipSync(readFileSync(packed)).equals(readFileSync(plain))).toBe(true);
    await expect(miner.call('admin_exportChain', plain)).rejects.toMatchObject({
      code: -32000,
      message: 'location would overwrite an existing file',
    });
    expect(readFileSync(plain).length).toBeGreaterThan(0);
    const part = join(folder, 'part.rlp');
    expect(await miner.call('admin_exportChain', part, 1, 2)).toBe(true);
    const [first, second] = [
      await miner.call<string>('debug_getRawBlock', '0x1'),
      await miner.call<string>('debug_getRawBlock', '0x2'),
    ];
    expect(`0x${readFileSync(part).toString('hex')}`).toBe(first + second.slice(2));
    await expect(miner.call('admin_exportChain', join(folder, 'x'), 5, 2)).rejects.toMatchObject({ code: -32000 });
    await expect(miner.call('admin_exportChain', join(folder, 'no', 'x'))).rejects.toMatchObject({
      message: expect.stringMatching(/ENOENT/),
    });
  });

  it('imports into another node, twice without harm', async () => {
    expect(await other.call('admin_importChain', packed)).toBe(true);
    expect(await headOf(other.url)).toEqual(await headOf(miner.url));
    expect(await other.call('admin_importChain', plain)).toBe(true);
  });

  it.each([
    { what: 'no file', content: undefined, message: /ENOENT/ },
    { what: 'no blocks', content: Buffer.from('not a chain'), message: /holds no blocks/ },
    { what: 'half a block', content: 'half', message: /holds no blocks: rlp-truncated/ },
  ])('says what is wrong with $what', async ({ what, content, message }) => {
    const path = join(folder, what);
    if (content === 'half') writeFileSync(path, readFileSync(plain).subarray(0, 300));
    else if (content !== undefined) writeFileSync(path, content);
    await expect(other.call('admin_importChain', path)).rejects.toMatchObject({
      code: -32000,
      message: expect.stringMatching(message),
    });
  });

  it('names the block whose parent is missing', async () => {
    const fresh = await startNode({ args: ['--nodiscover'] });
    const late = join(folder, 'late.rlp');
    await miner.call('admin_exportChain', late, 3, 4);
    await expect(fresh.call('admin_importChain', late)).rejects.toMatchObject({
      message: expect.stringMatching(/^block 3 was not imported/),
    });
    await fresh.stop();
  });
});

describe('doors', () => {
  it('closes and opens HTTP and WebSockets, by IPC', async () => {
    const ipc = createRpcClient(other.ipcPath);
    const port = Number(new URL(other.url).port);
    await expect(ipc.call('admin_startHTTP')).rejects.toThrow(/HTTP server already running on 127.0.0.1:/);
    expect(await ipc.call('admin_startWS')).toBe(true);
    await expect(ipc.call('admin_startWS')).rejects.toThrow(/WebSocket server already running/);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    expect(await ipc.call('admin_stopWS')).toBe(true);
    expect((await closed)[0]).toBe(1001);

    expect(await ipc.call('admin_stopHTTP')).toBe(true);
    await eventually('HTTP is closed', () =>
      other.call('eth_chainId').then(
        () => false,
        () => true,
      ),
    );
    await expect(ipc.call('admin_startWS')).rejects.toThrow(/call admin_startHTTP first/);
    await expect(ipc.call('admin_startHTTP', ['127.0.0.1', port, null, 'eth,foo'])).rejects.toThrow(
      /unknown namespace "foo"/,
    );
    expect(await ipc.call('admin_startHTTP', ['127.0.0.1', port, null, 'all'])).toBe(true);
    expect(await other.call('eth_chainId')).toBe('0x425d4');
    expect(await other.call('admin_datadir')).toBe(other.datadir);
  });

  it('serves metrics on the RPC port only if that is their port', async () => {
    const [shared, apart] = [await freePort(), await freePort()];
    const together = await startNode({
      args: ['--nodiscover', '--http.port', String(shared), '--metrics', '--metrics.port', String(shared)],
    });
    expect(await (await fetch(`http://127.0.0.1:${shared}/metrics`)).text()).toContain('chain_head_block 0');
    await together.stop();
    const separate = await startNode({ args: ['--nodiscover', '--metrics', '--metrics.port', String(apart)] });
    expect((await fetch(`${separate.url}/metrics`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${apart}/metrics`)).status).toBe(200);
    await separate.stop();
  });
});

describe('looking inside', () => {
  it('dumps the accounts of a block, page by page', async () => {
    interface Dump {
      readonly root: string;
      readonly accounts: Record<string, { readonly balance: string; readonly key: string }>;
      readonly next?: string;
    }
    const { stateRoot } = await miner.call<{ stateRoot: string }>('eth_getBlockByNumber', 'latest', false);
    const whole = await miner.call<Dump>('debug_dumpBlock', 'latest');
    expect(whole.root).toBe(stateRoot);
    const paged: Dump['accounts'] = {};
    let start: string | undefined = '0x';
    while (start !== undefined) {
      const page: Dump = await miner.call<Dump>('debug_accountRange', 'latest', start, 3, true, true, true);
      expect(Object.keys(page.accounts).length).toBeLessThanOrEqual(3);
      Object.assign(paged, page.accounts);
      start = page.next;
    }
    expect(paged).toEqual(whole.accounts);
    expect(Object.keys(whole.accounts).length).toBeGreaterThanOrEqual(10);
  });

  it('reads the database, compacts it, and measures memory', async () => {
    const { hash } = await headOf(miner.url);
    expect(await miner.call('debug_dbGet', `0x68${hash.slice(2)}`)).toBe(await miner.call('debug_getRawHeader', hash));
    await expect(miner.call('debug_dbGet', 'nothing')).rejects.toMatchObject({ message: 'leveldb: not found' });
    expect(await miner.call('debug_chaindbCompact')).toBeNull();
    expect(await miner.call('debug_chaindbProperty')).toContain('Compactions');
    expect(await miner.call('debug_memStats')).toMatchObject({ heapUsed: expect.any(Number) });
    expect(await miner.call('debug_stacks')).toMatch(/^\d+ TCP/m);
  });

  it('changes what is logged', async () => {
    expect(await other.call('debug_verbosity', 5)).toBeNull();
    expect(await other.call('debug_verbosity', 'net=debug,*=warn')).toBeNull();
    await expect(other.call('debug_verbosity', 'loud')).rejects.toMatchObject({ code: -32000 });
    await expect(other.call('debug_verbosity', 9)).rejects.toMatchObject({ code: -32602 });
  });

  it('shows both ends of a connection', async () => {
    await other.call('admin_addPeer', miner.enode);
    const peersOf = (node: LiveNode) =>
      eventually('they are connected', async () => {
        const [peer] = await node.call<{ network: { localAddress: string; remoteAddress: string } }[]>('admin_peers');
        return peer?.network;
      });
    const [here, there] = [await peersOf(other), await peersOf(miner)];
    expect(here.localAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([here.remoteAddress, here.localAddress]).toEqual([there.localAddress, there.remoteAddress]);
  });

  it('limits the hash rate while it mines, and lifts the limit', async () => {
    expect(await miner.call('miner_setMaxHashrate', 1000)).toBe(true);
    await miner.call('miner_start');
    await eventually('it mines', () => miner.call<boolean>('eth_mining'));
    expect(await miner.call('miner_setMaxHashrate', null)).toBe(true);
    const { number } = await headOf(miner.url);
    await eventually('it goes on', async () => (await headOf(miner.url)).number > number);
    await miner.call('miner_stop');
    await expect(miner.call('miner_setMaxHashrate', 0)).rejects.toMatchObject({ code: -32602 });
  });
});
