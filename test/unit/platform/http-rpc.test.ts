import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ListenError } from '../../../src/platform/http/listen-error.js';
import { openTestServer, rpcText } from '../../support/rpc-server.js';

const CHAIN_ID = rpcText('eth_chainId');
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends raw text on a socket and returns everything until it closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', () => undefined);
  });
}

describe('HTTP', () => {
  it('answers a call', async () => {
    const { http } = await openTestServer();
    const answer = await http({ body: CHAIN_ID });
    expect(answer).toMatchObject({ status: 200, text: '{"jsonrpc":"2.0","id":1,"result":"0x425d4"}' });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    ['an unknown method', rpcText('eth_foo'), -32601],
    ['no JSON', '{', -32700],
    ['an empty body', '', -32700],
    ['no call', '{}', -32600],
    ['a method of another namespace', rpcText('admin_peers'), -32601],
    ['a subscription', rpcText('eth_subscribe', ['newHeads']), -32601],
  ])('answers %s with 200 and a JSON-RPC error', async (_, body, code) => {
    const { http } = await openTestServer();
    const answer = await http({ body });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code, data: { hint: expect.any(String) } } });
  });

  it('answers a notification with 204', async () => {
    const { http } = await openTestServer();
    expect(await http({ body: '{"jsonrpc":"2.0","method":"eth_chainId"}' })).toMatchObject({ status: 204, text: '' });
  });

  it('answers a long batch over several turns', async () => {
    const { http } = await openTestServer();
    const body = `[${Array.from({ length: 200 }, (_, id) => rpcText('eth_chainId', [], id)).join(',')}]`;
    const answers = JSON.parse((await http({ body })).text);
    expect(answers.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
  });

  it('takes a body in many pieces and non-ASCII text', async () => {
    const { port } = await openTestServer();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'ü€😀', method: 'eth_chainId' });
    const bytes = Buffer.from(body);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.setNoDelay(true);
        socket.write(
          `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`,
        );
        for (const byte of bytes) socket.write(Buffer.of(byte));
      });
      const chunks: Buffer[] = [];
      socket.on('data', (data: Buffer) => chunks.push(data));
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    expect(answer).toContain('"id":"ü€😀","result":"0x425d4"');
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/json-rpc', 200],
  ])('answers a body of type %s with %d', async (type, status) => {
    const { http } = await openTestServer();
    expect((await http({ body: CHAIN_ID, headers: { 'content-type': type } })).status).toBe(status);
  });

  it('refuses a body without a type', async () => {
    const { http } = await openTestServer();
    expect((await http({ body: CHAIN_ID, headers: {} })).status).toBe(415);
  });

  it('refuses a body that is declared too long before it comes', async () => {
    const { port } = await openTestServer();
    const answer = await raw(
      port,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5242881\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*5242880 bytes/);
  });

  it('refuses a body of undeclared length once it is too long', async () => {
    const { port } = await openTestServer({ limits: { httpBodyBytes: 1000 } });
    const chunk = 'x'.repeat(2000);
    const head =
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await raw(port, `${head}7d0\r\n${chunk}\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('closes on those who send a byte now and then', async () => {
    const { port } = await openTestServer({ limits: { requestMs: 50 } });
    const answer = await raw(
      port,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('does not know %s', async (method) => {
    const { http } = await openTestServer();
    expect((await http({ method, body: '' })).status).toBe(405);
  });

  it('says that large answers wait to be read when they do', async () => {
    const { http } = await openTestServer({ limits: { unreadHttpBytes: 0 } });
    const body = `[${Array.from({ length: 1000 }, (_, id) => rpcText('eth_getBlockByNumber', ['latest', false], id)).join(',')}]`;
    expect(JSON.parse((await http({ body })).text)).toMatchObject({ error: { code: -32005 } });
  });
});

describe('who may call', () => {
  it.each([
    ['localhost', 200],
    ['LOCALHOST:8545', 200],
    ['127.0.0.1', 200],
    ['192.168.1.7:8545', 200],
    ['[::1]:8545', 200],
    ['evil.example', 403],
    ['evil.example:8545', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
  ])('answers one who calls it %s with %d', async (host, status) => {
    const { http } = await openTestServer();
    expect((await http({ body: CHAIN_ID, headers: { ...JSON_TYPE, host } })).status).toBe(status);
  });

  it('names the flag in its refusal, and repeats nothing strange', async () => {
    const { http } = await openTestServer();
    const refusal = async (host: string) => (await http({ body: CHAIN_ID, headers: { ...JSON_TYPE, host } })).text;
    expect(await refusal('node.example:8545')).toContain('--http.vhosts=node.example');
    expect(await refusal('<b>x')).toContain('--http.vhosts=NAME');
  });

  it('answers to more names when told, and to all with *', async () => {
    const named = await openTestServer({ http: { vhosts: ['Node.Example'] } });
    expect((await named.http({ body: CHAIN_ID, headers: { ...JSON_TYPE, host: 'node.example' } })).status).toBe(200);
    const any = await openTestServer({ http: { vhosts: ['*'] } });
    expect((await any.http({ body: CHAIN_ID, headers: { ...JSON_TYPE, host: 'any.example' } })).status).toBe(200);
  });

  it.each([
    [[], 'https://a.example', undefined],
    [['https://a.example'], 'https://a.example', 'https://a.example'],
    [['https://a.example'], 'https://b.example', undefined],
    [['*'], 'https://b.example', '*'],
  ])('with the CORS list %j lets %s read: %s', async (corsDomains, origin, allowed) => {
    const { http } = await openTestServer({ http: { corsDomains } });
    const answer = await http({ body: CHAIN_ID, headers: { ...JSON_TYPE, origin } });
    expect(answer.headers['access-control-allow-origin']).toBe(allowed);
    const preflight = await http({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(allowed);
    expect(preflight.headers['access-control-allow-headers']).toBe(
      allowed === undefined ? undefined : 'content-type, authorization',
    );
  });
});

describe('pages', () => {
  it.each([
    ['/', 200, /<h1>Grapevine/],
    ['/livez', 200, /^ok$/m],
    ['/readyz', 200, /"ready":true/],
    ['/readyz?verbose', 200, /"head":4/],
    ['/metrics', 404, /--metrics/],
    ['/favicon.ico', 404, /no such page/],
  ])('GET %s answers %d', async (path, status, text) => {
    const { http } = await openTestServer();
    const answer = await http({ method: 'GET', path, headers: {} });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
  });

  it('says why it is not ready', async () => {
    const { http, world } = await openTestServer();
    world.setReady(false);
    const answer = await http({ method: 'GET', path: '/readyz', headers: {} });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ ready: false, reasons: ['no peers'] });
  });

  it('serves metrics and survives their failure', async () => {
    const good = await openTestServer({
      metrics: async () => ({ text: 'p2p_peers 1\n', contentType: 'text/plain; version=0.0.4' }),
    });
    expect(await good.http({ method: 'GET', path: '/metrics', headers: {} })).toMatchObject({
      status: 200,
      text: 'p2p_peers 1\n',
    });
    const bad = await openTestServer({ metrics: () => Promise.reject(new Error('no')) });
    expect((await bad.http({ method: 'GET', path: '/metrics', headers: {} })).status).toBe(500);
  });
});

describe('life', () => {
  it('refuses a port in use with an error that names it', async () => {
    const { port } = await openTestServer();
    const failure: unknown = await openTestServer({ http: { port } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(failure).toMatchObject({ failure: 'port-in-use', message: expect.stringContaining(`127.0.0.1:${port}`) });
  });

  it('closes at once although keep-alive sockets are open', async () => {
    const { port, server } = await openTestServer();
    const closed = raw(
      port,
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${CHAIN_ID.length}\r\n\r\n${CHAIN_ID}`,
    );
    const probe = connect(port, '127.0.0.1');
    await new Promise((resolve) => probe.once('connect', resolve));
    probe.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${CHAIN_ID.length}\r\n\r\n${CHAIN_ID}`,
    );
    await new Promise((resolve) => probe.once('data', resolve));
    await server.close();
    expect(await closed).toContain('0x425d4');
    await server.close();
  });
});
