import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { formatRecord } from '../../../../src/platform/log/format.js';
import type { LogValue } from '../../../../src/ports/log.js';
import { chainOf, FakeChain, GENESIS } from '../../../support/eth-chain.js';
import { EthWorld, START_MS, type WorldNode } from '../../../support/eth-world.js';

beforeAll(initKeccak);

interface Line {
  readonly atMs: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, LogValue>>;
  readonly status: ReturnType<WorldNode['service']['syncStatus']>;
}

/** Syncs `length` blocks, one in `importMs`, from two peers; every line about it, with what eth_syncing tells then. */
function linesOf(length: number, importMs: number): Line[] {
  const world = new EthWorld();
  const chain = chainOf(GENESIS, length);
  const lines: Line[] = [];
  const fresh: WorldNode = world.node('fresh', {
    importMs,
    log: {
      log(level, topic, message, fields = {}) {
        if (topic !== 'sync') return;
        lines.push({ atMs: world.nowMs - START_MS, level, message, fields, status: fresh.service.syncStatus() });
      },
    },
  });
  for (const name of ['a', 'b']) world.connect(fresh, world.node(name, { chain: new FakeChain().importAll(chain) }));
  world.run(120_000, () => fresh.chain.head().number === length);
  world.run(1000);
  return lines;
}

describe('the log of a sync', () => {
  it('says every five seconds where it is, how fast, how long still and from how many', () => {
    const lines = linesOf(2000, 10);
    const [begun, started, ...rest] = lines;
    expect(begun).toMatchObject({ level: 'debug' });
    const finished = rest.pop();
    expect(started).toMatchObject({
      level: 'info',
      message: 'Syncing',
      fields: { number: 0, highest: 2000, left: 2000 },
    });
    expect(finished).toMatchObject({
      level: 'info',
      message: 'Synced',
      fields: { blocks: 2000, took: '20s', blocksPerSecond: 100 },
    });
    expect(rest.length).toBeGreaterThanOrEqual(3);
    let dueMs = started?.atMs ?? 0;
    for (const { atMs, level, message, fields, status } of rest) {
      expect([level, message]).toEqual(['info', 'Syncing']);
      expect(atMs - dueMs).toBeGreaterThanOrEqual(5000);
      expect(atMs - dueMs).toBeLessThan(5100);
      dueMs = atMs;
      const { number, highest, left, blocksPerSecond, eta, peers } = fields;
      expect({ number, highest }).toEqual({ number: status.currentBlock, highest: status.highestBlock });
      expect(left).toBe(2000 - Number(number));
      expect(Math.abs(Number(blocksPerSecond) - 100)).toBeLessThanOrEqual(3);
      expect(Math.abs(Number.parseInt(String(eta), 10) - Number(left) / 100)).toBeLessThanOrEqual(2);
      expect(peers).toBe(2);
    }
  });

  it('is silent about the few blocks of everyday life', () => {
    expect(linesOf(10, 10).filter(({ level }) => level === 'info')).toEqual([]);
  });

  it('reads well in each format', () => {
    const [, , line] = linesOf(2000, 10);
    const record = {
      timeMs: 5000,
      level: 'info',
      topic: 'sync',
      message: 'Syncing',
      fields: line?.fields ?? {},
    } as const;
    expect(formatRecord(record, 'pretty', false)).toMatch(
      /^INFO {2}\[00:00:05\.000\] Syncing +number=\d+ highest=2,000 left=1,\d+ blocksPerSecond=\d+ eta=1[56]s peers=2$/,
    );
    expect(JSON.parse(formatRecord(record, 'json', false))).toMatchObject({ topic: 'sync', msg: 'Syncing', peers: 2 });
  });
});
