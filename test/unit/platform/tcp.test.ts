import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetInput } from '../../../src/net/io.js';
import { createTcpHost, socketsFor, type TcpHost } from '../../../src/platform/tcp.js';
import { eventually } from '../../support/eventually.js';

const hosts: TcpHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

/** A host and everything that it delivered. */
function tcpHost(maxSockets?: number): {
  host: TcpHost;
  inputs: NetInput[];
  first: <K extends NetInput['kind']>(kind: K) => Promise<Extract<NetInput, { kind: K }>>;
} {
  const inputs: NetInput[] = [];
  const host = createTcpHost((input) => inputs.push(input), maxSockets);
  hosts.push(host);
  const isKind =
    <K extends NetInput['kind']>(kind: K) =>
    (input: NetInput): input is Extract<NetInput, { kind: K }> =>
      input.kind === kind;
  return { host, inputs, first: (kind) => eventually(kind, () => inputs.find(isKind(kind))) };
}

const LOCALHOST = '127.0.0.1';
/** Dialed streams have odd numbers, which the node chooses. */
const CONN = 1;

async function connected() {
  const server = tcpHost();
  const client = tcpHost();
  const port = await server.host.listen({ ip: LOCALHOST, port: 0 });
  client.host.perform({ kind: 'dial', conn: CONN, to: { ip: LOCALHOST, port }, timeoutMs: 10_000 });
  const accepted = await server.first('stream-opened');
  await client.first('stream-opened');
  return { server, client, accepted };
}

const bytesOf = (inputs: readonly NetInput[]): string =>
  Buffer.concat(inputs.flatMap((input) => (input.kind === 'stream-data' ? [input.data] : []))).toString();

describe('the TCP host', () => {
  it('opens a stream at both ends and carries bytes both ways', async () => {
    const { server, client, accepted } = await connected();
    expect(accepted).toMatchObject({ direction: 'in', remote: { ip: LOCALHOST } });
    expect(accepted.conn % 2).toBe(0);
    client.host.perform({ kind: 'stream-write', conn: CONN, data: Buffer.from('ping') });
    await eventually('it arrives', () => bytesOf(server.inputs) === 'ping');
    server.host.perform({ kind: 'stream-write', conn: accepted.conn, data: Buffer.from('pong') });
    await eventually('the answer arrives', () => bytesOf(client.inputs) === 'pong');
  });

  it('closes what comes beyond its sockets, and has more of them for more peers', async () => {
    const server = tcpHost(1);
    const clients = [tcpHost(), tcpHost()];
    const port = await server.host.listen({ ip: LOCALHOST, port: 0 });
    for (const { host, first } of clients) {
      host.perform({ kind: 'dial', conn: CONN, to: { ip: LOCALHOST, port }, timeoutMs: 10_000 });
      await first('stream-opened');
    }
    await clients[1]?.first('stream-closed');
    expect(server.inputs.map(({ kind }) => kind)).toEqual(['stream-opened']);
    expect([socketsFor(50), socketsFor(1000)]).toEqual([512, 1462]);
  });

  it('flushes what was written before a close', async () => {
    const { server, client } = await connected();
    client.host.perform({ kind: 'stream-write', conn: CONN, data: Buffer.from('goodbye') });
    client.host.perform({ kind: 'stream-close', conn: CONN, abort: false });
    await server.first('stream-closed');
    expect(bytesOf(server.inputs)).toBe('goodbye');
    await client.first('stream-closed');
    expect([client.host.openStreams(), server.host.openStreams()]).toEqual([0, 0]);
  });

  it('tells of a close once, whoever closes', async () => {
    const { server, client, accepted } = await connected();
    server.host.perform({ kind: 'stream-close', conn: accepted.conn, abort: true });
    await client.first('stream-closed');
    await server.first('stream-closed');
    // Writing to what is closed is no error: the node may not have heard of it yet.
    client.host.perform({ kind: 'stream-write', conn: CONN, data: Buffer.from('late') });
    client.host.perform({ kind: 'stream-close', conn: CONN, abort: false });
    expect(client.inputs.filter((input) => input.kind === 'stream-closed')).toHaveLength(1);
  });

  it('says when a reader is too slow, and when it has caught up', async () => {
    const { server, client, accepted } = await connected();
    server.host.perform({ kind: 'stream-pause', conn: accepted.conn, paused: true });
    const chunk = new Uint8Array(1024 * 1024);
    await eventually('the stream is full', () => {
      client.host.perform({ kind: 'stream-write', conn: CONN, data: chunk });
      return client.inputs.some((input) => input.kind === 'stream-full');
    });
    expect(client.inputs.some((input) => input.kind === 'stream-drained')).toBe(false);
    server.host.perform({ kind: 'stream-pause', conn: accepted.conn, paused: false });
    await client.first('stream-drained');
    expect(client.inputs.filter((input) => input.kind === 'stream-full')).toHaveLength(1);
  });

  it('says why a dial failed', async () => {
    const { host, first } = tcpHost();
    // Nobody listens on port 1.
    host.perform({ kind: 'dial', conn: CONN, to: { ip: LOCALHOST, port: 1 }, timeoutMs: 10_000 });
    expect(await first('dial-failed')).toEqual({ kind: 'dial-failed', conn: CONN, failure: 'refused' });
    expect(host.openStreams()).toBe(0);
  });

  it('rejects a port that is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen({ host: LOCALHOST, port: 0 }, resolve));
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(tcpHost().host.listen({ ip: LOCALHOST, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('closes every stream in the end', async () => {
    const { server, client } = await connected();
    await server.host.close();
    expect(server.host.openStreams()).toBe(0);
    await client.first('stream-closed');
  });
});
