import { mkdtempSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRpcClient } from '../../../cmd/grapevine/lib/rpc-client.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers every request with `answer(body)` over HTTP; its URL. */
async function httpServer(answer: (body: string) => string, status = 200): Promise<string> {
  const server = createHttpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(status).end(answer(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

describe('createRpcClient over HTTP', () => {
  it('sends method and parameters and returns the result', async () => {
    const url = await httpServer((body) => {
      const { id, method, params } = JSON.parse(body) as Request;
      return JSON.stringify({ jsonrpc: '2.0', id, result: [method, ...params] });
    });
    expect(await createRpcClient(url).call('eth_x', [1, 'a'])).toEqual(['eth_x', 1, 'a']);
  });

  it('puts the answers to a batch in the order of its calls', async () => {
    const url = await httpServer((body) =>
      JSON.stringify((JSON.parse(body) as Request[]).map(({ id, method }) => ({ id, result: method })).reverse()),
    );
    expect(await createRpcClient(url).callAll([['a'], ['b', 1], ['c']])).toEqual(['a', 'b', 'c']);
  });

  it.each([
    {
      name: 'an error',
      reply: { id: 1, error: { code: -32000, message: 'no', data: { hint: 'try yes' } } },
      code: 10,
      message: 'no (code -32000)',
    },
    {
      name: 'a refused batch',
      reply: { id: null, error: { code: -32600, message: 'batch too large' } },
      code: 10,
      message: 'batch too large (code -32600)',
    },
  ])('throws $name with the exit code of an RPC error', async ({ reply, code, message }) => {
    const client = createRpcClient(await httpServer(() => JSON.stringify(reply)));
    await expect(client.call('x')).rejects.toMatchObject({ exitCode: code, message });
    await expect(client.callAll([['x']])).rejects.toMatchObject({ exitCode: code });
  });

  it('takes no missing answer for a result', async () => {
    const url = await httpServer(() => JSON.stringify([{ id: 0, result: 1 }]));
    await expect(createRpcClient(url).callAll([['a'], ['b']])).rejects.toThrow(`${url} did not answer b`);
  });

  it('says so when the server is no node', async () => {
    const page = createRpcClient(await httpServer(() => '<html>'));
    await expect(page.call('x')).rejects.toMatchObject({
      exitCode: 10,
      message: expect.stringContaining('is no JSON-RPC server'),
    });
    const refusing = createRpcClient(await httpServer(() => 'invalid host specified', 403));
    await expect(refusing.call('x')).rejects.toThrow('answered with HTTP 403: invalid host specified');
  });

  it('says so when nobody listens', async () => {
    await expect(createRpcClient('http://127.0.0.1:1').call('x')).rejects.toMatchObject({ exitCode: 8 });
  });
});

describe('createRpcClient over IPC', () => {
  it('joins an answer that comes in pieces', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'grapevine-ipc-')), 'ipc');
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write('{"jsonrpc":"2.0","id":1,');
        setImmediate(() => socket.write('"result":"0x1"}\n'));
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await createRpcClient(path).call('eth_blockNumber')).toBe('0x1');
  });

  it('names a socket that is not there', async () => {
    await expect(createRpcClient('/nowhere/ipc').call('x')).rejects.toMatchObject({
      exitCode: 8,
      message: 'no node answers at /nowhere/ipc: no such socket',
    });
  });
});
