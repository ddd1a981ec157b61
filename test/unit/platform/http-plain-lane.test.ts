import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpHandler, type HttpHandlerDeps } from '../../../src/platform/http/http-handler.js';
import { listenHttp } from '../../../src/platform/http/http-server.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../../src/platform/http/limits.js';
import { createPlainCalls } from '../../../src/platform/http/plain-call.js';
import { createPlainLane } from '../../../src/platform/http/plain-lane.js';
import { createUnreadAnswers } from '../../../src/platform/http/unread.js';
import type { Dispatcher, Reply } from '../../../src/rpc/dispatcher.js';
import { DEFAULT_HTTP_NAMESPACES } from '../../../src/rpc/service.js';
import { rpcText } from '../../support/rpc-server.js';
import { createRpcWorld, NOW_MS } from '../../support/rpc-world.js';

const ACCESS = { vhosts: ['localhost'], corsDomains: ['https://a.example'] };

function depsOf(dispatcher: Dispatcher, limits: Partial<TransportLimits> = {}): HttpHandlerDeps {
  const { backend } = createRpcWorld();
  return {
    admit: () => dispatcher,
    nowMs: () => NOW_MS,
    access: ACCESS,
    limits: { ...DEFAULT_TRANSPORT_LIMITS, ...limits },
    pages: {
      clientVersion: backend.node.clientVersion,
      readiness: (nowMs) => ({ ...backend.node.readiness(nowMs) }),
      metrics: undefined,
    },
  };
}

/** The port of our server. */
async function openOurs(deps: HttpHandlerDeps): Promise<number> {
  const address = { host: '127.0.0.1', port: 0, webSockets: true };
  const server = await listenHttp(address, { ...deps, onClosed: () => undefined });
  onTestFinished(() => server.close());
  return server.port;
}

/** The port of a server that is node:http and our handler alone. */
async function openPlainNode(deps: HttpHandlerDeps): Promise<number> {
  const handler = createHttpHandler(deps, createUnreadAnswers(deps.limits.unreadHttpBytes));
  const server = createServer({ keepAliveTimeout: deps.limits.idleMs, noDelay: true }, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Writes `pieces`, all but the first after an answer, and gives all that came back when the server has closed. */
function exchange(port: number, pieces: readonly Uint8Array[], afterFirst: 'answer' | 'write'): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, async () => {
      for (const [n, piece] of pieces.entries()) {
        if (n === 1 && afterFirst === 'answer') await answered;
        await new Promise((written) => socket.write(piece, written));
      }
    });
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

function post(body: string, headers: readonly string[] = [], requestLine = 'POST / HTTP/1.1'): string {
  const usual = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  return `${[requestLine, ...usual, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

const CALL = rpcText('eth_chainId');
const BATCH = `[${Array.from({ length: 100 }, (_, id) => rpcText('eth_chainId', [], id)).join(',')}]`;

const PLAIN: readonly (readonly [name: string, request: string])[] = [
  ['a call', post(CALL)],
  ['an error', post(rpcText('eth_foo'))],
  ['no JSON', post('{')],
  ['an empty body', post('')],
  ['a notification', post('{"jsonrpc":"2.0","method":"eth_chainId"}')],
  ['a batch', post(BATCH)],
  ['non-ASCII text', post(rpcText('eth_chainId', [], 'ü€😀'))],
  ['a path', post(CALL, [], 'POST /rpc?x=1 HTTP/1.1')],
  [
    'headers of programs',
    post(CALL, ['User-Agent: x/1', 'accept: */*', 'Accept-Encoding: gzip', 'connection: Keep-Alive']),
  ],
];

const OTHER: readonly (readonly [name: string, request: string])[] = [
  ['a page', 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['no page', 'GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a preflight', 'OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\n\r\n'],
  ['a web page of ours', post(CALL, ['Origin: https://a.example'])],
  ['a web page of others', post(CALL, ['Origin: https://b.example'])],
  ['any other header', post(CALL, ['X-Other: 1'])],
  ['two requests at once', post(CALL) + post(BATCH)],
  ['a foreign host', post(CALL).replace('localhost', 'evil.example')],
  ['no host', post(CALL).replace('Host: localhost\r\n', '')],
  ['another type', post(CALL).replace('application/json', 'text/plain')],
  ['no type', post(CALL).replace('Content-Type: application/json\r\n', '')],
  ['no length', post(CALL).replace(/Content-Length: \d+\r\n/, '')],
  ['a length twice', post(CALL, [`Content-Length: ${CALL.length}`])],
  ['two lengths', post(CALL, ['Content-Length: 1'])],
  ['a length with a sign', post(CALL).replace('Length: ', 'Length: +')],
  ['a length with a zero', post(CALL).replace('Length: ', 'Length: 0')],
  ['a length in hex', post(CALL).replace('Length: ', 'Length: 0x')],
  ['a length that is too long', post(CALL).replace(/Length: \d+/, 'Length: 99999999')],
  ['a length beyond all numbers', post(CALL).replace(/Length: \d+/, 'Length: 99999999999999999999999')],
  ['a length and chunks', post(CALL, ['Transfer-Encoding: chunked'])],
  [
    'chunks',
    `${post('', ['Transfer-Encoding: chunked']).replace(/Content-Length: \d+\r\n/, '')}${CALL.length.toString(16)}\r\n${CALL}\r\n0\r\n\r\n`,
  ],
  ['an expectation', post(CALL, ['Expect: 100-continue'])],
  ['a space before the colon', post(CALL, ['Accept : */*'])],
  ['a folded header', post(CALL, ['Accept: a\r\n b'])],
  ['a bare line feed', post(CALL, ['Accept: a\nTransfer-Encoding: chunked'])],
  ['a bare carriage return', post(CALL, ['Accept: a\rb'])],
  ['a header without a colon', post(CALL, ['Accept'])],
  ['HTTP/1.0', post(CALL, [], 'POST / HTTP/1.0')],
  ['HTTP/1.2', post(CALL, [], 'POST / HTTP/1.2')],
  ['a lower-case method', post(CALL, [], 'post / HTTP/1.1')],
  ['another method', post(CALL, [], 'PUT / HTTP/1.1')],
  ['a long head', post(CALL, [`Accept: ${'x'.repeat(2000)}`])],
  ['a head that is too long', post(CALL, [`Accept: ${'x'.repeat(20_000)}`])],
  ['no HTTP', 'hello\r\n\r\n'],
  ['a body that is too short, and a close', post(CALL, ['Connection: close']).slice(0, -1)],
];

const LAST = post(rpcText('eth_chainId', [], 'last'), ['Connection: close']);

describe('plain calls', () => {
  it.each(PLAIN)('are told from their bytes: %s', (_, request) => {
    const calls = createPlainCalls(ACCESS, 10_000);
    const body = request.slice(request.indexOf('\r\n\r\n') + 4);
    // The second time the head is known.
    expect(calls.bodyOf(Buffer.from(request))).toBe(body);
    expect(calls.bodyOf(Buffer.from(request))).toBe(body);
  });

  it.each(OTHER)('are not: %s', (_, request) => {
    expect(createPlainCalls(ACCESS, 10_000).bodyOf(Buffer.from(request))).toBeUndefined();
  });

  it('are not what is longer than a body may be, or not whole', () => {
    const calls = createPlainCalls(ACCESS, CALL.length);
    const request = Buffer.from(post(CALL));
    expect(calls.bodyOf(request)).toBe(CALL);
    expect(calls.bodyOf(Buffer.from(post(`${CALL} `)))).toBeUndefined();
    for (let length = 0; length < request.length; length++)
      expect(calls.bodyOf(request.subarray(0, length))).toBeUndefined();
  });

  it('get the same bytes as from node:http, whatever came before them and however they are cut', async () => {
    const { service } = createRpcWorld();
    const deps = depsOf(service.dispatcher(DEFAULT_HTTP_NAMESPACES), { httpBodyBytes: 10_000 });
    const ours = await openOurs(deps);
    const node = await openPlainNode(deps);
    const isClosing = ([name]: readonly [string, string]): boolean => name.endsWith('a close');
    const requests = [...PLAIN, ...OTHER.filter((each) => !isClosing(each))];

    async function compare(pieces: readonly Uint8Array[], afterFirst: 'answer' | 'write'): Promise<void> {
      const [answer, wanted] = await Promise.all([ours, node].map((port) => exchange(port, pieces, afterFirst)));
      expect(answer).toBe(wanted);
    }

    for (const [, request] of requests) {
      await compare([Buffer.from(request + LAST)], 'write');
      await compare([Buffer.from(post(CALL)), Buffer.from(request + LAST)], 'answer');
    }
    const streams = fc.tuple(
      fc.array(fc.constantFrom(...PLAIN.map(([, request]) => request)), { maxLength: 5 }),
      fc.array(fc.nat(2000), { maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(streams, async ([list, cuts]) => {
        const bytes = Buffer.from(list.join('') + LAST);
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = ends.map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
        await compare(pieces, 'write');
      }),
      { numRuns: 50 },
    );
  });
});

describe('a connection', () => {
  /** A server whose calls are answered by the test, oldest first. */
  async function openSlow(limits: Partial<TransportLimits> = {}) {
    const replies: Reply[] = [];
    const arrivals: (() => void)[] = [];
    const receive: Dispatcher['receive'] = (_text, _call, reply) => {
      replies.push(reply);
      arrivals.shift()?.();
      return undefined;
    };
    const deps = depsOf({ receive, receiveValue: () => undefined }, limits);
    const server = await listenHttp(
      { host: '127.0.0.1', port: 0, webSockets: false },
      { ...deps, onClosed: () => undefined },
    );
    onTestFinished(() => server.close());
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    onTestFinished(() => void socket.destroy());
    const received = { text: '' };
    socket.on('data', (chunk: Buffer) => {
      received.text += chunk.toString();
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    return {
      server,
      socket,
      received,
      closed,
      /** Resolves when the next call has come in. */
      arrival: () => new Promise<void>((resolve) => arrivals.push(resolve)),
      answer: (text: string) => replies.shift()?.(text),
    };
  }

  it('answers in order what comes before the last answer', async () => {
    const { socket, received, closed, arrival, answer } = await openSlow();
    const first = arrival();
    socket.write(post('1'));
    await first;
    await new Promise((written) => socket.write(post('2'), written));
    const second = arrival();
    answer('"one"');
    await second;
    const third = arrival();
    answer('"two"');
    socket.write(post('3', ['Connection: close']));
    await third;
    answer('"three"');
    await closed;
    expect(received.text.match(/"\w+"/g)).toEqual(['"one"', '"two"', '"three"']);
  });

  it('is answered although its client has said all', async () => {
    const { socket, received, closed, arrival, answer } = await openSlow();
    const first = arrival();
    socket.end(post('1'));
    await first;
    answer('"one"');
    await closed;
    expect(received.text).toContain('"one"');
  });

  it('is answered while the server closes', async () => {
    const { server, socket, received, closed, arrival, answer } = await openSlow();
    const first = arrival();
    socket.write(post('1'));
    await first;
    const ending = server.close();
    answer('"one"');
    await Promise.all([closed, ending]);
    expect(received.text).toContain('"one"');
  });

  it('outlives a client that goes away before its answer', async () => {
    const { server, socket, arrival, answer } = await openSlow();
    const first = arrival();
    socket.write(post('1'));
    await first;
    socket.resetAndDestroy();
    const ending = server.close();
    answer('"one"');
    await ending;
  });

  it.each([
    ['says nothing', { requestMs: 50 }, []],
    ['has nothing more to say', { idleMs: 50 }, [post('1')]],
  ])('is closed if it %s', async (_, limits, requests) => {
    const { socket, closed, arrival, answer } = await openSlow(limits);
    for (const request of requests) {
      const arrived = arrival();
      socket.write(request);
      await arrived;
      answer('"one"');
    }
    await closed;
  });

  it('is closed if it does not read, and then keeps no room among the unread answers', async () => {
    const text = 'x'.repeat(50_000_000);
    const receive: Dispatcher['receive'] = (_text, _call, reply) => void reply(text);
    const deps = depsOf({ receive, receiveValue: () => undefined }, { stalledMs: 50 });
    const unread = createUnreadAnswers(text.length);
    const lane = createPlainLane(deps, unread, () => undefined);
    const server = createTcpServer();
    const closed = new Promise<void>((resolve) => {
      server.once('connection', (socket) => {
        lane.take(socket);
        socket.once('close', () => resolve());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    onTestFinished(() => void socket.destroy());
    socket.write(post('1'));
    await closed;
    expect(unread.allowed(text)).toBe(text);
  });
});

describe('unread answers', () => {
  it('are refused when too much waits, and counted out when they were read', () => {
    const unread = createUnreadAnswers(150_000);
    const large = 'x'.repeat(100_000);
    const onRead = unread.count(large);
    expect(unread.allowed(large)).toContain('too many large answers');
    expect(unread.allowed('small')).toBe('small');
    onRead?.();
    expect(unread.allowed(large)).toBe(large);
    expect(unread.count('small')).toBeUndefined();
  });
});
