import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { grantOf, loadToken } from '../../../src/platform/http/token.js';
import { NAMESPACES } from '../../../src/rpc/service.js';
import { killAll, tempFolder } from '../../support/processes.js';
import { openTestServer, rpcText } from '../../support/rpc-server.js';

afterAll(killAll);

const JSON_TYPE = { 'content-type': 'application/json' };
const TOKEN = '0123456789abcdef0123456789abcdef';

describe('a token', () => {
  it.each([
    { name: 'no header', header: undefined, grant: 'public' },
    { name: 'the token', header: `Bearer ${TOKEN}`, grant: 'all' },
    { name: 'the scheme in another case', header: `bearer ${TOKEN}`, grant: 'all' },
    { name: 'another token', header: `Bearer ${TOKEN}0`, grant: 'refused' },
    { name: 'a part of it', header: `Bearer ${TOKEN.slice(1)}`, grant: 'refused' },
    { name: 'nothing behind the scheme', header: 'Bearer', grant: 'refused' },
    { name: 'another scheme', header: `Basic ${TOKEN}`, grant: 'refused' },
    { name: 'an empty header', header: '', grant: 'refused' },
  ])('$name: $grant', ({ header, grant }) => {
    expect(grantOf(header, TOKEN)).toBe(grant);
  });

  it('is made where there is none, readable for its owner alone, and stays', () => {
    const path = join(tempFolder(), 'token');
    const made = loadToken(path);
    expect(made).toEqual({ ok: true, value: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadToken(path)).toEqual(made);
    expect(readFileSync(path, 'utf8')).toBe(`${made.ok ? made.value : ''}\n`);
  });

  it.each([
    { name: 'short', text: 'secret' },
    { name: 'empty', text: '' },
    { name: 'with a space', text: `${TOKEN} ${TOKEN}` },
  ])('$name is refused', ({ text }) => {
    const path = join(tempFolder(), 'token');
    writeFileSync(path, text);
    expect(loadToken(path).ok).toBe(false);
  });
});

describe('a server that asks for a token', () => {
  const open = () => openTestServer({ http: { namespaces: NAMESPACES, token: TOKEN } });
  const good = { authorization: `Bearer ${TOKEN}` };

  it.each([
    { name: 'a public method without it', method: 'eth_chainId', headers: {}, status: 200, answered: true },
    { name: 'an admin method without it', method: 'admin_peers', headers: {}, status: 200, answered: false },
    { name: 'a debug method without it', method: 'debug_dbAncient', headers: {}, status: 200, answered: false },
    { name: 'an admin method with it', method: 'admin_peers', headers: good, status: 200, answered: true },
  ])('HTTP, $name', async ({ method, headers, status, answered }) => {
    const { http } = await open();
    const answer = await http({ body: rpcText(method), headers: { ...JSON_TYPE, ...headers } });
    expect(answer.status).toBe(status);
    const { error } = JSON.parse(answer.text);
    if (answered) expect(error).toBeUndefined();
    else expect(error.code).toBe(-32601);
  });

  it('HTTP with a wrong one is refused, whatever is called', async () => {
    const { http } = await open();
    const headers = { ...JSON_TYPE, authorization: 'Bearer wrong' };
    const answer = await http({ body: rpcText('eth_chainId'), headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.text).toContain('--http.token-file');
  });

  it.each([
    { name: 'without it', headers: {}, outcome: -32601 },
    { name: 'with it', headers: good, outcome: 'answered' },
    { name: 'with a wrong one', headers: { authorization: 'Bearer wrong' }, outcome: 'refused' },
  ])('WebSocket $name', async ({ headers, outcome }) => {
    const { port } = await open();
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
    const got = await new Promise((resolve) => {
      socket.on('open', () => socket.send(rpcText('admin_peers')));
      socket.on('message', (data) => resolve(JSON.parse(data.toString()).error?.code ?? 'answered'));
      socket.on('error', () => resolve('refused'));
    });
    socket.terminate();
    expect(got).toBe(outcome);
  });
});
