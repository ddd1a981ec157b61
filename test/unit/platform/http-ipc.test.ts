import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenIpc } from '../../../src/platform/http/ipc.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../../src/platform/http/limits.js';
import { createUnreadTally } from '../../../src/platform/http/unread.js';
import { NAMESPACES } from '../../../src/rpc/service.js';
import { openTestServer, rpcText } from '../../support/rpc-server.js';

interface Client {
  readonly socket: Socket;
  /** The next line, parsed. */
  next(): Promise<unknown>;
  readonly closed: Promise<void>;
}

async function open(path: string): Promise<Client> {
  const socket = connect(path);
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let buffered = '';
  const waiting: (() => void)[] = [];
  socket.on('data', (data) => {
    buffered += data.toString();
    waiting.shift()?.();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    closed,
    async next() {
      while (!buffered.includes('\n')) await new Promise<void>((resolve) => waiting.push(resolve));
      const end = buffered.indexOf('\n');
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 1);
      return JSON.parse(line);
    },
  };
}

describe('IPC', () => {
  it('is for the owner alone and offers everything', async () => {
    const { ipcPath } = await openTestServer();
    expect(statSync(ipcPath).mode & 0o777).toBe(0o600);
    const client = await open(ipcPath);
    client.socket.write(rpcText('rpc_modules'));
    const { result } = (await client.next()) as { result: object };
    expect(Object.keys(result).sort()).toEqual([...NAMESPACES].sort());
  });

  it('takes texts with, without and across line ends and chunks', async () => {
    const { ipcPath } = await openTestServer();
    const client = await open(ipcPath);
    client.socket.write(
      `${rpcText('eth_chainId', [], 1)}\n\n ${rpcText('eth_chainId', [], 2)}${rpcText('eth_chainId', [], 'a}"{')}`,
    );
    for (const id of [1, 2, 'a}"{']) expect(await client.next()).toMatchObject({ id, result: '0x425d4' });
    for (const character of `[${rpcText('eth_blockNumber', [], 3)}]`) client.socket.write(character);
    expect(await client.next()).toMatchObject([{ id: 3, result: '0x4' }]);
  });

  it('notifies subscribers, operators too', async () => {
    const { ipcPath, world } = await openTestServer();
    const client = await open(ipcPath);
    client.socket.write(rpcText('eth_subscribe', ['newHeads']));
    const { result } = (await client.next()) as { result: string };
    world.service.notify({ kind: 'head', added: [world.chain.mine([])], isWhole: true });
    expect(await client.next()).toMatchObject({ params: { subscription: result, result: { number: '0x5' } } });
  });

  it('closes on what is no JSON', async () => {
    const { ipcPath } = await openTestServer();
    const client = await open(ipcPath);
    client.socket.write('GET / HTTP/1.1\r\n');
    expect(await client.next()).toMatchObject({ error: { code: -32700 } });
    await client.closed;
  });

  it('closes on a message beyond the limit', async () => {
    const { ipcPath } = await openTestServer({ limits: { messageBytes: 100 } });
    const client = await open(ipcPath);
    client.socket.write(`["${'x'.repeat(200)}`);
    await client.closed;
  });

  it('removes its socket when it closes, and takes over one that was left', async () => {
    const { ipcPath, server, world } = await openTestServer();
    const client = await open(ipcPath);
    await server.close();
    await client.closed;
    expect(() => statSync(ipcPath)).toThrow('ENOENT');
    const deps = {
      dispatcher: world.service.dispatcher(NAMESPACES),
      nowMs: () => 0,
      limits: DEFAULT_TRANSPORT_LIMITS,
      unread: createUnreadTally(0),
      onClosed: () => undefined,
      onDropped: () => undefined,
    };
    const again = await listenIpc(ipcPath, deps);
    await again.close();
    await expect(listenIpc(`/tmp/${'x'.repeat(120)}.ipc`, deps)).rejects.toMatchObject({ failure: 'path-too-long' });
    await expect(listenIpc('/nowhere/at/all.ipc', deps)).rejects.toMatchObject({ name: 'ListenError' });
  });
});
