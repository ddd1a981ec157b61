import { describe, expect, it, vi } from 'vitest';
import type { Json } from '../../../src/rpc/json.js';
import type { Session } from '../../../src/rpc/session.js';
import {
  createSubscriptions,
  MAX_SUBSCRIPTIONS,
  MAX_SUBSCRIPTIONS_PER_SESSION,
} from '../../../src/rpc/subscriptions.js';
import { NotificationCheck, notificationProblem } from '../../support/notification-check.js';
import { createRpcWorld, PEER, transfer } from '../../support/rpc-world.js';
import { seededRandom } from '../../support/seeded-random.js';

function setUp() {
  const world = createRpcWorld();
  const heard: { method: string; params: Json }[] = [];
  const check = new NotificationCheck();
  const session: Session = {
    notify(texts) {
      for (const text of texts) {
        const message = JSON.parse(text) as { jsonrpc: string; method: string; params: Json };
        expect(JSON.stringify(message)).toBe(text);
        check.received(message);
        heard.push({ method: message.method, params: message.params });
      }
    },
  };
  const askAs = (who: Session, method: string, ...params: unknown[]) => {
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const answer = world.ask(request, who) as { id: unknown; result: string; error?: object };
    check.sent(request);
    check.received(answer);
    return answer;
  };
  const ask = (method: string, ...params: unknown[]) => askAs(session, method, ...params);
  return { ...world, ask, askAs, heard, session };
}

describe('subscriptions', () => {
  it('tells of each new head, in order, also in a reorganisation', () => {
    const { ask, chain, heard, service } = setUp();
    const id = ask('eth_subscribe', 'newHeads').result;
    const added = [chain.mine([]), chain.mine([])];
    service.notify({ kind: 'head', added, isWhole: true });
    expect(heard).toMatchObject([
      {
        method: 'eth_subscription',
        params: { subscription: id, result: { number: '0x5', hash: added[0]?.hash, difficulty: '0x20000' } },
      },
      { method: 'eth_subscription', params: { subscription: id, result: { number: '0x6' } } },
    ]);
  });

  it('writes an event once, however many listen', () => {
    const { ask, chain, service, session } = setUp();
    for (let i = 0; i < 50; i++) ask('eth_subscribe', 'newHeads');
    const notify = vi.spyOn(session, 'notify').mockReturnValue();
    const stringify = vi.spyOn(JSON, 'stringify');
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    const written = stringify.mock.calls.length;
    stringify.mockRestore();
    expect(notify.mock.calls.flat(2)).toHaveLength(50);
    expect(written).toBe(1);
  });

  it('tells of transactions by hash or in full', () => {
    const { ask, heard, service } = setUp();
    const short = ask('eth_subscribe', 'newPendingTransactions').result;
    const full = ask('eth_subscribe', 'newPendingTransactions', true).result;
    const transaction = transfer(0, 2);
    service.notify({ kind: 'transactions', transactions: [transaction] });
    expect(heard.map(({ params }) => params)).toMatchObject([
      { subscription: short, result: transaction.hash },
      { subscription: full, result: { hash: transaction.hash, from: transaction.sender } },
    ]);
  });

  it('tells when a sync begins and ends', () => {
    const { ask, heard, service } = setUp();
    ask('eth_subscribe', 'syncing');
    service.notify({ kind: 'syncing', progress: { startingBlock: 1, currentBlock: 2, highestBlock: 9 } });
    service.notify({ kind: 'syncing', progress: undefined });
    expect(heard.map(({ params }) => (params as { result: Json }).result)).toEqual([
      { syncing: true, status: { startingBlock: '0x1', currentBlock: '0x2', highestBlock: '0x9' } },
      false,
    ]);
  });

  it('tells operators of peers', () => {
    const { ask, heard, service } = setUp();
    ask('admin_subscribe', 'peerEvents');
    service.notify({ kind: 'peer', change: 'drop', peer: PEER, error: 'timeout' });
    expect(heard).toMatchObject([
      {
        method: 'admin_subscription',
        params: { result: { type: 'drop', peer: PEER.nodeId.slice(2), error: 'timeout' } },
      },
    ]);
  });

  it('takes a subscription to logs and stays silent', () => {
    const { ask, chain, heard, service } = setUp();
    expect(ask('eth_subscribe', 'logs', { address: `0x${'11'.repeat(20)}` }).result).toMatch(/^0x/);
    service.notify({ kind: 'head', added: [chain.mine([transfer(0, 2)])], isWhole: true });
    expect(heard).toEqual([]);
  });

  it.each([
    { name: 'a head without its hash', topic: 'newHeads', result: { number: '0x1' } },
    { name: 'any log', topic: 'logs', result: { address: `0x${'11'.repeat(20)}` } },
    { name: 'a whole transaction where its hash was asked', topic: 'newPendingTransactions', result: { hash: '0x' } },
    {
      name: 'a hash where the transaction was asked',
      topic: 'fullPendingTransactions',
      result: `0x${'11'.repeat(32)}`,
    },
    { name: 'true', topic: 'syncing', result: true },
    { name: 'progress with numbers', topic: 'syncing', result: { syncing: true, status: { startingBlock: 1 } } },
    {
      name: 'a peer that did something else',
      topic: 'peerEvents',
      result: { type: 'wave', peer: PEER.nodeId.slice(2) },
    },
  ] as const)('the description refuses $name', ({ topic, result }) => {
    expect(notificationProblem(topic, result)).toContain(topic);
  });

  it('ends with eth_unsubscribe and with the session', () => {
    const { ask, chain, heard, service, session } = setUp();
    const id = ask('eth_subscribe', 'newHeads').result;
    expect(ask('eth_unsubscribe', id).result).toBe(true);
    expect(ask('eth_unsubscribe', id).error).toMatchObject({ code: -32000, message: 'subscription not found' });
    ask('eth_subscribe', 'newHeads');
    service.closeSession(session);
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    expect(heard).toEqual([]);
  });

  it('is not made for a session that ended while its call was under way', () => {
    const { ask, chain, heard, service, session } = setUp();
    service.closeSession(session);
    expect(ask('eth_subscribe', 'newHeads').error).toMatchObject({ code: -32000, message: 'connection closed' });
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    expect(heard).toEqual([]);
  });

  it('belongs to its session', () => {
    const { ask, askAs } = setUp();
    const id = ask('eth_subscribe', 'newHeads').result;
    expect(askAs({ notify: () => undefined }, 'eth_unsubscribe', id)).toMatchObject({
      error: { message: 'subscription not found' },
    });
  });

  it('never expires', () => {
    const { ask, chain, heard, service } = setUp();
    ask('eth_subscribe', 'newHeads');
    service.tick(Number.MAX_SAFE_INTEGER);
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    expect(heard).toHaveLength(1);
  });

  it('bounds the subscriptions of a connection', () => {
    const { ask } = setUp();
    for (let i = 0; i < MAX_SUBSCRIPTIONS_PER_SESSION; i++) ask('eth_subscribe', 'newHeads');
    expect(ask('eth_subscribe', 'newHeads').error).toMatchObject({ code: -32005 });
  });

  it('bounds the subscriptions of all connections together', () => {
    const subscriptions = createSubscriptions(seededRandom('many'));
    const sessions = Array.from({ length: MAX_SUBSCRIPTIONS / 1024 }, () => ({ notify: () => undefined }));
    const ids = sessions.map((session) => {
      for (let i = 1; i < 1024; i++) subscriptions.add(session, 'newHeads');
      return subscriptions.add(session, 'newHeads');
    });
    const late: Session = { notify: () => undefined };
    const refused = {
      code: -32005,
      message: 'too many subscriptions on this node',
      data: { hint: expect.any(String) },
    };
    const subscribe = () => subscriptions.add(late, 'newHeads');
    expect(subscribe).toThrow(expect.objectContaining(refused));
    subscriptions.remove(sessions[0] as Session, ids[0] as string);
    expect(subscribe()).toMatch(/^0x/);
    expect(subscribe).toThrow(expect.objectContaining(refused));
    subscriptions.close(sessions[1] as Session);
    subscriptions.close(sessions[1] as Session);
    for (let i = 0; i < 1023; i++) subscribe();
    expect(subscriptions.add(sessions[0] as Session, 'newHeads')).toMatch(/^0x/);
    expect(() => subscriptions.add({ notify: () => undefined }, 'newHeads')).toThrow(expect.objectContaining(refused));
  });

  it('hands out what is to be told in pieces, and stops when the session ends', () => {
    const { ask, askAs, chain, heard, service } = setUp();
    const sizes: number[] = [];
    const lagging: Session = {
      notify(texts) {
        sizes.push(texts.join('').length);
        service.closeSession(lagging);
      },
    };
    for (let i = 0; i < MAX_SUBSCRIPTIONS_PER_SESSION; i++) askAs(lagging, 'eth_subscribe', 'newHeads');
    ask('eth_subscribe', 'newHeads');
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeLessThan(300 * 1024);
    expect(heard).toHaveLength(1);
  });

  it.each([
    [
      'an unknown topic',
      'eth_subscribe',
      ['newBlocks'],
      { code: -32601, message: 'no "newBlocks" subscription in eth namespace' },
    ],
    [
      'an unknown operator topic',
      'admin_subscribe',
      ['heads'],
      { code: -32601, message: 'no "heads" subscription in admin namespace' },
    ],
    [
      'a bad log query',
      'eth_subscribe',
      ['logs', 5],
      { code: -32602, message: expect.stringMatching(/^invalid argument 1: json/) },
    ],
    ['no topic', 'eth_subscribe', [], { code: -32602, message: 'missing value for required argument 0' }],
  ])('refuses %s', (_, method, params, error) => {
    expect(setUp().ask(method, ...params).error).toMatchObject(error);
  });

  it('refuses where nothing can be notified', () => {
    const { ask } = createRpcWorld();
    expect(ask('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}')).toMatchObject({
      error: { code: -32601, message: 'notifications not supported' },
    });
  });
});
