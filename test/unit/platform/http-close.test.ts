import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { closeHttp, socketsOf } from '../../../src/platform/http/close-http.js';

async function listen() {
  const server = createServer((_, response) => void response.end());
  const sockets = socketsOf(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, sockets, port: (server.address() as AddressInfo).port };
}

describe('closing HTTP', () => {
  it('destroys what is left after the grace period, upgraded sockets that nobody closes too', async () => {
    const { server, sockets, port } = await listen();
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    client.resume();
    const upgraded = new Promise<Duplex>((resolve) => server.once('upgrade', (_, socket) => resolve(socket)));
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    const socket = (await upgraded).end('half open from here on');
    const gone = once(socket, 'close');
    expect(sockets.size).toBe(1);
    await closeHttp(server, sockets, 20);
    await gone;
    expect(sockets.size).toBe(0);
    client.destroy();
  });

  it('does not wait where nothing is left', async () => {
    const { server, sockets } = await listen();
    await closeHttp(server, sockets, 2 ** 31 - 1);
  });
});
