import { describe, expect, it } from 'vitest';
import { FILTER_IDLE_MS } from '../../../src/rpc/filters.js';
import { failureOf } from '../../support/rpc-failure.js';
import { createRpcWorld, NOW_MS, type RpcWorld, transfer } from '../../support/rpc-world.js';

const NOT_FOUND = { code: -32000, message: 'filter not found' };

function mine(world: RpcWorld): string {
  const block = world.chain.mine([]);
  world.service.notify({ kind: 'head', added: [block], isWhole: true });
  return block.hash;
}

describe('filters', () => {
  it('collects blocks between two calls', () => {
    const world = createRpcWorld();
    const id = world.call('eth_newBlockFilter');
    expect(world.call('eth_getFilterChanges', id)).toEqual([]);
    const hashes = [mine(world), mine(world)];
    expect(world.call('eth_getFilterChanges', id)).toEqual(hashes);
    expect(world.call('eth_getFilterChanges', id)).toEqual([]);
  });

  it('collects transactions as hashes or in full', () => {
    const world = createRpcWorld();
    const short = world.call('eth_newPendingTransactionFilter');
    const full = world.call('eth_newPendingTransactionFilter', true);
    const transaction = transfer(0, 2);
    world.service.notify({ kind: 'transactions', transactions: [transaction] });
    expect(world.call('eth_getFilterChanges', short)).toEqual([transaction.hash]);
    expect(world.call('eth_getFilterChanges', full)).toMatchObject([{ hash: transaction.hash, blockHash: null }]);
  });

  it('has logs for nobody', () => {
    const world = createRpcWorld();
    const id = world.call('eth_newFilter', {});
    mine(world);
    expect(world.call('eth_getFilterChanges', id)).toEqual([]);
    expect(world.call('eth_getFilterLogs', id)).toEqual([]);
  });

  it('forgets uninstalled ones, and tells logs from other filters', () => {
    const world = createRpcWorld();
    const id = world.call('eth_newBlockFilter');
    expect(failureOf(() => world.call('eth_getFilterLogs', id))).toMatchObject(NOT_FOUND);
    expect(world.call('eth_uninstallFilter', id)).toBe(true);
    expect(world.call('eth_uninstallFilter', id)).toBe(false);
    expect(failureOf(() => world.call('eth_getFilterChanges', id))).toMatchObject(NOT_FOUND);
  });

  it('drops a filter after five idle minutes, each call starting them anew', () => {
    const world = createRpcWorld();
    const id = world.call('eth_newBlockFilter');
    const changes = (nowMs: number): unknown =>
      world.ask(
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getFilterChanges', params: [id] }),
        undefined,
        nowMs,
      );
    expect(changes(NOW_MS + FILTER_IDLE_MS - 1)).toMatchObject({ result: [] });
    world.service.tick(NOW_MS + FILTER_IDLE_MS + 1);
    expect(changes(NOW_MS + 2 * FILTER_IDLE_MS - 2)).toMatchObject({ result: [] });
    expect(changes(NOW_MS + 3 * FILTER_IDLE_MS)).toMatchObject({ error: NOT_FOUND });
    world.service.tick(NOW_MS + 3 * FILTER_IDLE_MS);
    expect(changes(NOW_MS)).toMatchObject({ error: NOT_FOUND });
  });

  it('holds a bounded number, the one asked longest ago goes first', () => {
    const world = createRpcWorld();
    const [first, second] = [world.call('eth_newBlockFilter'), world.call('eth_newBlockFilter')];
    world.call('eth_getFilterChanges', first);
    for (let i = 0; i < 1023; i++) world.call('eth_newBlockFilter');
    expect(world.call('eth_getFilterChanges', first)).toEqual([]);
    expect(failureOf(() => world.call('eth_getFilterChanges', second))).toMatchObject(NOT_FOUND);
  });

  it('keeps the newest of what nobody asks for', () => {
    const world = createRpcWorld();
    const id = world.call('eth_newPendingTransactionFilter');
    const old = transfer(0, 2);
    const recent = transfer(0, 3);
    world.service.notify({ kind: 'transactions', transactions: [old] });
    for (let i = 0; i < 9; i++)
      world.service.notify({ kind: 'transactions', transactions: new Array(1000).fill(recent) });
    const found = world.call('eth_getFilterChanges', id) as string[];
    expect(found.length).toBe(8192);
    expect(found).not.toContain(old.hash);
  });
});

describe('eth_getLogs', () => {
  const hash = (world: RpcWorld) => world.chain.head().hash;
  it.each<[string, (world: RpcWorld) => object]>([
    ['nothing said', () => ({})],
    ['a range', () => ({ fromBlock: '0x1', toBlock: '0x4' })],
    ['tags', () => ({ fromBlock: 'earliest', toBlock: 'latest' })],
    ['pending', () => ({ fromBlock: 'safe', toBlock: 'pending' })],
    ['a block hash', (world) => ({ blockHash: hash(world) })],
    ['an address', () => ({ address: `0x${'11'.repeat(20)}`, topics: [null] })],
  ])('is empty for %s', (_, query) => {
    const world = createRpcWorld();
    expect(world.call('eth_getLogs', query(world))).toEqual([]);
  });

  it.each([
    ['an upside-down range', { fromBlock: '0x3', toBlock: '0x1' }, -32602, 'invalid block range params'],
    [
      'an end beyond the head',
      { fromBlock: '0x1', toBlock: '0x99' },
      -32602,
      'block range extends beyond current head block',
    ],
    ['a start beyond the head', { fromBlock: '0x99' }, -32602, 'block range extends beyond current head block'],
    ['an unknown block', { blockHash: `0x${'11'.repeat(32)}` }, -32000, 'unknown block'],
    ['a bad topic', { topics: ['0x1'] }, -32602, expect.stringMatching(/^invalid argument 0: /)],
  ])('refuses %s', (_, query, code, message) => {
    expect(failureOf(() => createRpcWorld().call('eth_getLogs', query))).toMatchObject({ code, message });
  });
});
