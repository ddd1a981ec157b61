import { describe, expect, it, vi } from 'vitest';
import { createDispatcher, DEFAULT_LIMITS, type Dispatcher } from '../../../src/rpc/dispatcher.js';
import { serverError } from '../../../src/rpc/errors.js';
import { type Answer, Later, RawJson } from '../../../src/rpc/json.js';
import { createLibrary } from '../../../src/rpc/library.js';
import { type Method, method } from '../../../src/rpc/method.js';
import { optional, required } from '../../../src/rpc/param.js';
import { boolean, string } from '../../../src/rpc/param-values.js';

const CALL = { nowMs: 0, session: undefined };
const later = new Later();
const methods = [
  method('t_echo', [required('A', string), optional('B', boolean)], (_, a, b) => [a, b ?? null]),
  method('t_raw', [], () => new RawJson('{"a":[1,2]}')),
  method('t_fail', [], () => {
    throw serverError('no', 'try yes');
  }),
  method('t_bug', [], () => {
    throw new Error('secret path /home/me');
  }),
  method('t_bigint', [], () => 1n as unknown as Answer),
  method('t_later', [], () => later),
  method('t_long', [], () => 'x'.repeat(600)),
];

function setUp(limits = DEFAULT_LIMITS, table: readonly Method[] = methods) {
  const bugs: unknown[] = [];
  const deps = { onBug: (_: string, error: unknown) => bugs.push(error), hintFor: (name: string) => `no ${name}` };
  return { bugs, dispatcher: createDispatcher(table, deps, limits), library: createLibrary(table, deps) };
}

/** The answer text, also if it comes in a later microtask. */
function ask(dispatcher: Dispatcher, text: string, nowMs = 0): Promise<string | undefined> {
  return new Promise((resolve) => {
    const run = dispatcher.receive(text, { ...CALL, nowMs }, resolve);
    const advance = (): void => {
      while (run?.advance(nowMs, advance) === true);
    };
    advance();
  });
}

const call = (name: string, params: unknown, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: name, params });

describe('single calls', () => {
  it.each([
    ['a result', call('t_echo', ['x', true]), { id: 1, result: ['x', true] }],
    ['params missing', '{"jsonrpc":"2.0","id":1,"method":"t_raw"}', { id: 1, result: { a: [1, 2] } }],
    ['params null', call('t_raw', null), { id: 1, result: { a: [1, 2] } }],
    ['a string id', call('t_raw', [], 'a"b'), { id: 'a"b', result: { a: [1, 2] } }],
    ['id null', call('t_raw', [], null), { id: null, result: { a: [1, 2] } }],
    ['unknown members', '{"jsonrpc":"2.0","id":1,"method":"t_raw","extra":1}', { id: 1, result: { a: [1, 2] } }],
    ['optional null', call('t_echo', ['x', null]), { id: 1, result: ['x', null] }],
  ])('answers %s', async (_, text, expected) => {
    expect(JSON.parse((await ask(setUp().dispatcher, text)) ?? '')).toEqual({ jsonrpc: '2.0', ...expected });
  });

  it.each([
    ['no JSON', '{', null, -32700, 'parse error'],
    ['an empty body', '', null, -32700, 'parse error'],
    ['a number', '1', null, -32600, 'invalid request'],
    ['null', 'null', null, -32600, 'invalid request'],
    ['an empty object', '{}', null, -32600, 'invalid request'],
    ['missing jsonrpc', '{"id":1,"method":"t_raw"}', 1, -32600, 'invalid request'],
    ['jsonrpc 1.0', '{"jsonrpc":"1.0","id":1,"method":"t_raw"}', 1, -32600, 'invalid request'],
    ['missing method', '{"jsonrpc":"2.0","id":1}', 1, -32600, 'invalid request'],
    ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":5}', 1, -32600, 'invalid request'],
    ['an endless method name', call('x'.repeat(2049), []), 1, -32600, 'invalid request'],
    ['an id that is an object', call('t_raw', [], {}), null, -32600, 'invalid request'],
    ['params that are a string', call('t_raw', 'x'), 1, -32600, 'invalid request'],
    ['a response', '{"jsonrpc":"2.0","id":1,"method":"t_raw","result":1}', 1, -32600, 'invalid request'],
    ['an unknown method', call('t_none', []), 1, -32601, 'the method t_none does not exist/is not available'],
    [
      'a name on the prototype',
      call('constructor', []),
      1,
      -32601,
      'the method constructor does not exist/is not available',
    ],
    ['params by name', call('t_echo', { a: 1 }), 1, -32602, 'non-array args'],
    ['a missing param', call('t_echo', []), 1, -32602, 'missing value for required argument 0'],
    [
      'a bad param',
      call('t_echo', ['x', 1]),
      1,
      -32602,
      'invalid argument 1: json: cannot unmarshal number into Go value of type bool',
    ],
    ['an extra param', call('t_echo', ['x', true, 1]), 1, -32602, 'too many arguments, want at most 2'],
    [
      'a bad param before an extra one',
      call('t_echo', [1, true, 1]),
      1,
      -32602,
      'invalid argument 0: json: cannot unmarshal number into Go value of type string',
    ],
    ['an error of the method', call('t_fail', []), 1, -32000, 'no'],
    ['a bug', call('t_bug', []), 1, -32603, 'internal error'],
    ['a bigint', call('t_bigint', []), 1, -32603, 'internal error'],
    ['deep nesting', '['.repeat(100_000), null, -32600, 'invalid request'],
  ])('refuses %s', async (_, text, id, code, message) => {
    const response = JSON.parse((await ask(setUp().dispatcher, text)) ?? '');
    expect(response).toEqual({ jsonrpc: '2.0', id, error: { code, message, data: expect.anything() } });
    expect(response.error.data.hint.length).toBeGreaterThan(5);
  });

  it.each([
    ['a call', '{"jsonrpc":"2.0","method":"t_raw"}'],
    ['an unknown method', '{"jsonrpc":"2.0","method":"t_none"}'],
    ['a failing call', '{"jsonrpc":"2.0","method":"t_fail"}'],
  ])('does not answer a notification of %s', async (_, text) => {
    expect(await ask(setUp().dispatcher, text)).toBeUndefined();
  });

  it('keeps the text of bugs to itself and reports them', async () => {
    const { bugs, dispatcher } = setUp();
    expect(await ask(dispatcher, call('t_bug', []))).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });

  it('refuses answers beyond the limit', async () => {
    const { dispatcher } = setUp({ ...DEFAULT_LIMITS, responseLength: 500 });
    expect(await ask(dispatcher, call('t_long', []))).toContain('"code":-32003,"message":"response too large"');
  });

  it('answers later what is settled later', async () => {
    const { dispatcher } = setUp();
    const answer = ask(dispatcher, call('t_later', []));
    later.settle(() => 'now');
    later.settle(() => 'never');
    expect(await answer).toBe('{"jsonrpc":"2.0","id":1,"result":"now"}');
  });
});

describe('the way past the library', () => {
  it.each([
    call('t_echo', ['x', true]),
    call('t_raw', []),
    call('t_raw', null),
    call('t_fail', []),
    call('t_bug', []),
    call('t_echo', []),
    call('t_echo', {}),
    call('t_raw', [], 'id'),
    call('t_raw', [], null),
    '{"jsonrpc":"2.0","method":"t_raw"}',
    '{"jsonrpc":"2.0","method":"t_fail"}',
  ])('answers %s as the library does', async (text) => {
    const { dispatcher, library } = setUp();
    const response = await library.receiveJSON(text, CALL);
    const expected = response === null ? undefined : JSON.parse(JSON.stringify(response));
    const answer = await ask(dispatcher, text);
    expect(answer === undefined ? undefined : JSON.parse(answer)).toEqual(expected);
  });
});

describe('batches', () => {
  it('answers calls in order and leaves out notifications', async () => {
    const text = `[${call('t_raw', [], 2)},{"jsonrpc":"2.0","method":"t_raw"},5,${call('t_none', [], 'x')}]`;
    expect(JSON.parse((await ask(setUp().dispatcher, text)) ?? '')).toMatchObject([
      { id: 2, result: { a: [1, 2] } },
      { id: null, error: { code: -32600 } },
      { id: 'x', error: { code: -32601 } },
    ]);
  });

  it('lets calls wait for those before them, but not for those of the same method', () => {
    const open: Later[] = [];
    const order: string[] = [];
    const { dispatcher } = setUp(DEFAULT_LIMITS, [
      method('t_send', [], () => {
        order.push('send');
        const later = new Later();
        open.push(later);
        return later;
      }),
      method('t_read', [], () => {
        order.push('read');
        return order.length;
      }),
    ]);
    let answer: string | undefined;
    let resumed = 0;
    const text = `[${['t_read', 't_send', 't_send', 't_read', 't_send'].map((name, id) => call(name, [], id)).join(',')}]`;
    const run = dispatcher.receive(text, CALL, (reply) => {
      answer = reply;
    });
    const advance = (): boolean | undefined => run?.advance(0, () => resumed++);
    expect([advance(), advance(), advance()]).toEqual([true, true, true]);
    expect(order).toEqual(['read', 'send', 'send']);
    expect(advance()).toBe(false);
    expect(order).toHaveLength(3);
    open[1]?.settle(() => 'second');
    expect(resumed).toBe(0);
    open[0]?.settle(() => 'first');
    expect(resumed).toBe(1);
    expect([advance(), advance()]).toEqual([true, false]);
    expect(order).toEqual(['read', 'send', 'send', 'read', 'send']);
    expect(answer).toBeUndefined();
    open[2]?.settle(() => 'third');
    expect(JSON.parse(answer ?? '').map(({ result }: { result: unknown }) => result)).toEqual([
      1,
      'first',
      'second',
      4,
      'third',
    ]);
  });

  it('answers a batch of one with a batch of one', async () => {
    expect(await ask(setUp().dispatcher, `[${call('t_raw', [])}]`)).toMatch(/^\[.*\]$/);
  });

  it('does not answer a batch of notifications', async () => {
    expect(await ask(setUp().dispatcher, '[{"jsonrpc":"2.0","method":"t_raw"}]')).toBeUndefined();
  });

  it('refuses an empty batch', async () => {
    expect(await ask(setUp().dispatcher, '[]')).toContain('"code":-32600,"message":"invalid request"');
  });

  it('refuses a batch of too many with the first id', async () => {
    const { dispatcher } = setUp({ ...DEFAULT_LIMITS, batchCalls: 2 });
    const text = `[{"jsonrpc":"2.0","method":"t_raw"},${call('t_raw', [], 7)},${call('t_raw', [])}]`;
    expect(JSON.parse((await ask(dispatcher, text)) ?? '')).toMatchObject([
      { id: 7, error: { code: -32600, message: 'batch too large' } },
    ]);
  });

  it.each([
    { name: 'too many calls', text: `[${'{},'.repeat(100_000)}{}]`, parsed: 3000, message: 'batch too large' },
    {
      name: 'what is too many calls and no JSON',
      text: `[${'{},x,'.repeat(1000)}{}]`,
      parsed: 3000,
      message: 'parse error',
    },
    {
      name: 'too many values',
      text: call('t_echo', [[...new Array(250_000).keys()]]),
      parsed: 0,
      message: 'invalid request',
    },
  ])('parses no more of $name than names the first id', async ({ text, parsed, message }) => {
    const { dispatcher } = setUp();
    const parse = vi.spyOn(JSON, 'parse');
    const answer = await ask(dispatcher, text);
    const lengths = parse.mock.calls.map(([piece]) => piece.length);
    parse.mockRestore();
    expect(answer).toContain(`"message":"${message}"`);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(parsed + 1);
  });

  it('takes as many as the limit', async () => {
    const text = `[${Array.from({ length: 1000 }, (_, i) => call('t_raw', [], i)).join(',')}]`;
    expect(JSON.parse((await ask(setUp().dispatcher, text)) ?? '')).toHaveLength(1000);
  });

  it('answers what no longer fits with an error each', async () => {
    const { dispatcher } = setUp({ ...DEFAULT_LIMITS, responseLength: 1000 });
    const text = `[${[1, 2, 3].map((id) => call('t_long', [], id)).join(',')}]`;
    const answers = JSON.parse((await ask(dispatcher, text)) ?? '');
    expect(answers.map((answer: { error?: { message: string } }) => answer.error?.message)).toEqual([
      undefined,
      'response too large',
      'response too large',
    ]);
  });

  describe('of all clients together', () => {
    const SIX_LONG = `[${[1, 2, 3, 4, 5, 6].map((id) => call('t_long', [], id)).join(',')}]`;

    /** Batches of the same dispatcher that hold at most 2000 characters together, by name. */
    function batches(...names: readonly string[]) {
      const { dispatcher } = setUp({ ...DEFAULT_LIMITS, heldLength: 2000 });
      const messages = new Map<string, (string | undefined)[]>();
      const runs = new Map(
        names.map((name) => [
          name,
          dispatcher.receive(SIX_LONG, CALL, (reply) => {
            const answers = JSON.parse(reply ?? '') as { error?: { message: string } }[];
            messages.set(
              name,
              answers.map(({ error }) => error?.message),
            );
          }),
        ]),
      );
      return {
        run(name: string, calls: number) {
          for (let i = 0; i < calls; i++) runs.get(name)?.advance(0, () => undefined);
        },
        abandon: (name: string) => runs.get(name)?.abandon(),
        messages: (name: string) => messages.get(name),
      };
    }
    const full = 'too many large batches under way';

    it('hold no more answers than the limit, and say so', () => {
      const { run, messages } = batches('a', 'b');
      run('a', 2);
      run('b', 6);
      expect(messages('b')).toEqual([undefined, undefined, full, full, full, full]);
      run('a', 4);
      expect(messages('a')).toEqual([undefined, undefined, undefined, undefined, full, full]);
    });

    it('have room again once one is answered, or its client is gone', () => {
      const { run, abandon, messages } = batches('a', 'b', 'c');
      run('a', 5);
      abandon('a');
      run('b', 6);
      run('c', 6);
      for (const name of ['b', 'c'])
        expect(messages(name)).toEqual([undefined, undefined, undefined, undefined, full, full]);
    });

    it('count nothing that is answered to a client that is gone', () => {
      const open: Later[] = [];
      const slow = method('t_slow', [], () => {
        const later = new Later();
        open.push(later);
        return later;
      });
      const held = { length: 0 };
      const deps = { onBug: () => undefined, hintFor: () => '' };
      const dispatcher = createDispatcher([slow], deps, DEFAULT_LIMITS, held);
      const run = dispatcher.receive(`[${call('t_slow', [])},${call('t_none', [])}]`, CALL, () => undefined);
      run?.advance(0, () => undefined);
      run?.abandon();
      open[0]?.settle(() => 'too late');
      expect(held).toEqual({ length: 0 });
    });
  });

  it('answers what is left at the deadline with a timeout', () => {
    const { dispatcher } = setUp();
    const text = `[${Array.from({ length: 40 }, (_, i) => call('t_raw', [], i)).join(',')}]`;
    let answer = '';
    const run = dispatcher.receive(text, CALL, (reply) => {
      answer = reply ?? '';
    });
    expect(run?.advance(0, () => undefined)).toBe(true);
    while (run?.advance(DEFAULT_LIMITS.batchMs + 1, () => undefined) === true);
    const messages = JSON.parse(answer).map((item: { error?: { message: string } }) => item.error?.message);
    expect(messages.filter((message: unknown) => message === undefined)).toHaveLength(1);
    expect(messages.filter((message: unknown) => message === 'request timed out')).toHaveLength(39);
  });
});
