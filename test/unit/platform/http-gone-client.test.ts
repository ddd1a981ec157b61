import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openTestServer, rpcText, type TestServer } from '../../support/rpc-server.js';
import { NOW_MS } from '../../support/rpc-world.js';

const CALLS = 1000;
const BATCH = `[${Array.from({ length: CALLS }, (_, id) => rpcText('eth_blockNumber', [], id)).join(',')}]`;

const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve) => socket.on('error', () => undefined).once('connect', () => resolve(socket)));

/** Each sends the batch and returns how to leave without a word. */
const TRANSPORTS: readonly { readonly name: string; send(server: TestServer): Promise<() => void> }[] = [
  {
    name: 'HTTP',
    async send({ port }) {
      const socket = await connected(connect(port, '127.0.0.1'));
      socket.write(
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BATCH.length}\r\n\r\n${BATCH}`,
      );
      return () => socket.resetAndDestroy();
    },
  },
  {
    name: 'WebSocket',
    async send({ port }) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      await new Promise((resolve) => socket.on('error', () => undefined).once('open', resolve));
      socket.send(BATCH);
      return () => socket.terminate();
    },
  },
  {
    name: 'IPC',
    async send({ ipcPath }) {
      const socket = await connected(connect(ipcPath));
      socket.write(BATCH);
      return () => socket.destroy();
    },
  },
];

describe('a client that leaves in the middle of a batch', () => {
  it.each(TRANSPORTS)('over $name ends it', async ({ send }) => {
    // Each call takes a millisecond, so that the batch takes many turns.
    let nowMs = NOW_MS;
    const server = await openTestServer({ nowMs: () => nowMs });
    let leave = (): void => undefined;
    let left: () => void = () => undefined;
    const leaving = new Promise<void>((resolve) => {
      left = resolve;
    });
    const { chain } = server.world;
    const newest = chain.head();
    const head = vi.spyOn(chain, 'head').mockImplementation(() => {
      nowMs++;
      leave();
      left();
      return newest;
    });
    leave = await send(server);
    await leaving;
    // More turns than the whole batch takes.
    for (let turn = 0; turn < CALLS; turn++) await setImmediate();
    expect(head.mock.calls.length).toBeLessThan(CALLS);
  });
});
