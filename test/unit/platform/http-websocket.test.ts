import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { NotificationCheck } from '../../support/notification-check.js';
import { openTestServer, rpcText } from '../../support/rpc-server.js';
import { NOW_MS } from '../../support/rpc-world.js';

interface Client {
  readonly socket: WebSocket;
  /** The next message, parsed. */
  next(): Promise<unknown>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

async function open(port: number, options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, options);
  const check = new NotificationCheck();
  const send = socket.send.bind(socket);
  socket.send = (data: string | Buffer, ...rest: []) => {
    if (typeof data === 'string') check.sent(data);
    send(data, ...rest);
  };
  const messages: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(data.toString());
    check.received(message);
    const next = waiting.shift();
    if (next === undefined) messages.push(message);
    else next(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    closed,
    next: () => {
      const message = messages.shift();
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
    },
  };
}

describe('WebSocket', () => {
  it('answers calls, batches and nonsense on the HTTP port', async () => {
    const { port } = await openTestServer();
    const client = await open(port);
    client.socket.send(rpcText('eth_chainId'));
    expect(await client.next()).toMatchObject({ id: 1, result: '0x425d4' });
    client.socket.send(`[${rpcText('eth_chainId', [], 2)},${rpcText('eth_blockNumber', [], 3)}]`);
    expect(await client.next()).toMatchObject([{ id: 2 }, { id: 3, result: '0x4' }]);
    client.socket.send('nonsense');
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32700 } });
    client.socket.send(rpcText('admin_peers'));
    expect(await client.next()).toMatchObject({ error: { code: -32601 } });
  });

  it('notifies subscribers until they leave', async () => {
    const { port, world } = await openTestServer();
    const client = await open(port);
    client.socket.send(rpcText('eth_subscribe', ['newHeads']));
    const { result } = (await client.next()) as { result: string };
    world.service.notify({ kind: 'head', added: [world.chain.mine([])], isWhole: true });
    expect(await client.next()).toMatchObject({
      method: 'eth_subscription',
      params: { subscription: result, result: { number: '0x5' } },
    });
    client.socket.close();
    await client.closed;
    world.service.notify({ kind: 'head', added: [world.chain.mine([])], isWhole: true });
  });

  it('never tells of an event before the id of the subscription that it belongs to', async () => {
    // Each look at the clock takes a millisecond, so that the batch takes several turns.
    let nowMs = NOW_MS;
    const { port, world } = await openTestServer({ nowMs: () => nowMs++ });
    const client = await open(port);
    const calls = Array.from({ length: 100 }, (_, id) => rpcText('eth_chainId', [], id));
    const sent = world.chain.mine([]);
    // An event with every turn of the loop, and so between two turns of the batch.
    let events = 0;
    let next = setImmediate(function tell() {
      world.service.notify({ kind: 'head', added: [sent], isWhole: true });
      if (nowMs > NOW_MS) events++;
      next = setImmediate(tell);
    });
    client.socket.send(`[${rpcText('eth_subscribe', ['newHeads'])},${calls.join(',')}]`);
    const first = await client.next();
    clearImmediate(next);
    expect(first).toHaveLength(101);
    expect(events).toBeGreaterThan(0);
  });

  it('answers pings and lets go of those who do not', async () => {
    const { port } = await openTestServer({ limits: { pingMs: 20 } });
    const polite = await open(port);
    const silent = await open(port, { autoPong: false });
    expect(await silent.closed).toMatchObject({ code: 1006 });
    polite.socket.send(rpcText('eth_chainId'));
    expect(await polite.next()).toMatchObject({ result: '0x425d4' });
  });

  it('drops a slow consumer with a reason', async () => {
    const { port, world } = await openTestServer({ limits: { unreadBytes: 0 } });
    const client = await open(port);
    client.socket.send(rpcText('eth_subscribe', ['newHeads']));
    // With no room at all, whatever the system does not take at once is too much.
    const block = world.chain.mine([]);
    const flood = setInterval(() => {
      for (let i = 0; i < 1000; i++) world.service.notify({ kind: 'head', added: [block], isWhole: true });
    }, 1);
    client.socket.pause();
    const dropped = await Promise.race([
      client.closed,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1_000)).then(() => {
        client.socket.resume();
        return client.closed;
      }),
    ]);
    clearInterval(flood);
    expect([1006, 1013]).toContain(dropped.code);
    if (dropped.code === 1013) expect(dropped.reason).toContain('slow consumer');
  });

  it('bounds the calls that wait on one connection', async () => {
    const { port } = await openTestServer({ limits: { callsInFlight: 0 } });
    const client = await open(port);
    client.socket.send(rpcText('eth_chainId'));
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32005 } });
  });

  it('closes on messages beyond the limit', async () => {
    const { port } = await openTestServer({ limits: { messageBytes: 1000 } });
    const large = await open(port);
    large.socket.send('x'.repeat(1001));
    expect((await large.closed).code).toBe(1009);
  });

  it('takes binary frames, and answers with text', async () => {
    const { port } = await openTestServer();
    const client = await open(port);
    const isBinary = new Promise((resolve) => client.socket.once('message', (_, binary) => resolve(binary)));
    client.socket.send(Buffer.from(rpcText('eth_chainId', [], 'ü€😀')));
    expect(await client.next()).toMatchObject({ id: 'ü€😀', result: '0x425d4' });
    expect(await isBinary).toBe(false);
    client.socket.send(Buffer.of(0xff, 0x00));
    expect(await client.next()).toMatchObject({ error: { code: -32700 } });
  });

  it.each([
    ['a page of no listed origin', { corsDomains: [] }, { origin: 'https://evil.example' }, 403],
    ['a foreign host name', {}, { headers: { host: 'evil.example' } }, 403],
  ])('refuses %s', async (_, http, options, status) => {
    const { port } = await openTestServer({ http });
    await expect(open(port, options)).rejects.toThrow(String(status));
  });

  it('lets go of a refused client that keeps its end open', async () => {
    const { port, http } = await openTestServer({ limits: { sockets: 1 } });
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
    });
    await new Promise((resolve) => socket.once('end', resolve));
    expect(received).toContain('HTTP/1.1 403 Forbidden');
    // Only a socket that is gone answers with a reset.
    const writing = setInterval(() => socket.write('x'), 1);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(writing);
    expect(await http({ body: rpcText('eth_chainId') })).toMatchObject({ status: 200 });
  });

  it('lets listed pages in', async () => {
    const { port } = await openTestServer({ http: { corsDomains: ['https://a.example'] } });
    const client = await open(port, { origin: 'https://a.example' });
    client.socket.send(rpcText('eth_chainId'));
    expect(await client.next()).toMatchObject({ result: '0x425d4' });
  });

  it('bounds the connections', async () => {
    const { port } = await openTestServer({ limits: { webSockets: 1 } });
    await open(port);
    await expect(open(port)).rejects.toThrow('503');
  });

  it('says goodbye when the node stops', async () => {
    const { port, server } = await openTestServer();
    const client = await open(port);
    await server.close();
    expect(await client.closed).toMatchObject({ code: 1001, reason: 'the node is shutting down' });
  });

  it('is not there when it is off', async () => {
    const { port } = await openTestServer({ http: { webSockets: false } });
    await expect(open(port)).rejects.toThrow();
  });
});
