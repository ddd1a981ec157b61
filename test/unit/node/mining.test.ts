import { describe, expect, it } from 'vitest';
import { bigIntToFixedBytes } from '../../../src/base/bytes.js';
import { toBlockNonce, ZERO_HASH } from '../../../src/base/hex.js';
import type { Job } from '../../../src/node/job.js';
import { createJobTable } from '../../../src/node/job-table.js';
import { createMining } from '../../../src/node/mining.js';
import type { NodeOutput } from '../../../src/node/output.js';
import { poolHeadOf } from '../../../src/node/pool-head.js';
import { DEFAULT_TX_POOL_CONFIG } from '../../../src/txpool/pool.js';
import { createTxPool } from '../../../src/txpool/tx-pool.js';
import type { Block } from '../../../src/types/block.js';
import { account, extend, testChain, transfer } from '../../support/chain-builder.js';
import { seededRandom } from '../../support/seeded-random.js';

type SealJob = Extract<Job, { kind: 'seal' }>;

const SEAL = { kind: 'sealed', nonce: toBlockNonce(bigIntToFixedBytes(1n, 8)), mixHash: ZERO_HASH } as const;

function harness(options: { etherbase?: boolean; enabled?: boolean } = {}) {
  const started: { id: number; job: SealJob }[] = [];
  const cancelled: number[] = [];
  const mined: Block[] = [];
  const logged: string[] = [];
  let mayMine = true;
  let behind = false;
  const chain = testChain();
  const pool = createTxPool(DEFAULT_TX_POOL_CONFIG, { spec: chain.spec, head: poolHeadOf(chain) });
  const jobs = createJobTable((output: NodeOutput) => {
    if (output.kind === 'start-job' && output.job.kind === 'seal') started.push({ id: output.id, job: output.job });
    if (output.kind === 'cancel-job') cancelled.push(output.id);
  });
  const mining = createMining(
    {
      chain,
      pool,
      jobs,
      random: seededRandom('mining'),
      log: { log: (level, _, message) => logged.push(`${level}: ${message}`) },
      mayMine: () => mayMine,
      behind: () => behind,
      onMined(nowMs, block) {
        const outcome = chain.importBlock(block, Math.floor(nowMs / 1000));
        if (outcome.kind === 'head') {
          pool.onHead(poolHeadOf(chain), outcome.reorg, nowMs);
          mined.push(block);
        }
        return outcome;
      },
    },
    {
      enabled: options.enabled ?? true,
      etherbase: options.etherbase === false ? undefined : account(6),
      extraData: new Uint8Array(0),
      gasTarget: 30_000_000n,
      patienceMs: 0,
    },
  );
  const startMs = (chain.head().header.timestamp + 100) * 1000;
  const setMayMine = (may: boolean): void => {
    mayMine = may;
  };
  const setBehind = (is: boolean): void => {
    behind = is;
  };
  return { chain, pool, jobs, mining, started, cancelled, mined, logged, startMs, setMayMine, setBehind };
}

describe('mining', () => {
  it('searches a seal for the head, and the next one after a find', () => {
    const { mining, started, jobs, mined, chain, startMs } = harness();
    mining.update(startMs);
    expect(started).toHaveLength(1);
    jobs.done(startMs + 500, started[0]?.id ?? 0, SEAL);
    expect(mined.map((block) => [block.header.number, block.header.coinbase])).toEqual([[1, account(6)]]);
    mining.update(startMs + 500);
    expect(started).toHaveLength(2);
    expect(chain.head().header.number).toBe(1);
  });

  it('holds a block back until its parent is on the disk, and searches no second one meanwhile', () => {
    const { mining, started, jobs, mined, setBehind, startMs } = harness();
    setBehind(true);
    mining.update(startMs);
    jobs.done(startMs + 500, started[0]?.id ?? 0, SEAL);
    mining.update(startMs + 500);
    expect([mined.length, started.length, mining.searching()]).toEqual([0, 1, false]);
    setBehind(false);
    mining.update(startMs + 600);
    expect(mined.map((block) => block.header.number)).toEqual([1]);
    expect(started).toHaveLength(2);
  });

  it('searches on another head while a block is held back, which is a side block then', () => {
    const { mining, started, jobs, mined, chain, setBehind, startMs } = harness();
    setBehind(true);
    mining.update(startMs);
    jobs.done(startMs + 500, started[0]?.id ?? 0, SEAL);
    extend(chain, 1);
    mining.update(startMs + 510);
    expect(started).toHaveLength(2);
    setBehind(false);
    mining.update(startMs + 600);
    expect(mined).toEqual([]);
    expect(started).toHaveLength(2);
  });

  it('keeps a block that is too far ahead of the clock until its time, and searches no second one meanwhile', () => {
    const { mining, started, jobs, mined, chain, logged } = harness();
    // The head is as far ahead as may be: the next block is a second further.
    const nowMs = (chain.head().header.timestamp - 15) * 1000;
    mining.update(nowMs);
    jobs.done(nowMs + 100, started[0]?.id ?? 0, SEAL);
    mining.update(nowMs + 100);
    expect([mined.length, started.length, mining.searching()]).toEqual([0, 1, false]);
    expect(mining.nextWake()).toBe(nowMs + 1_000);
    expect(logged).toEqual(['info: Mined block waits for its time']);
    mining.update(nowMs + 999);
    expect(mined).toEqual([]);
    mining.update(nowMs + 1_000);
    expect(mined.map((block) => block.header.number)).toEqual([1]);
    expect(logged).toEqual(['info: Mined block waits for its time', 'info: Mined block']);
    expect(started).toHaveLength(2);
  });

  it('says so if nothing is mined for long because the head is far ahead', () => {
    const { mining, started, jobs, logged } = harness();
    mining.update(0);
    jobs.done(100, started[0]?.id ?? 0, SEAL);
    mining.update(100);
    expect(logged).toEqual(['warn: Mined block is far ahead of the clock, nothing is mined until its time']);
    expect([started.length, mining.nextWake()]).toEqual([1, 986_000]);
  });

  it('takes the seal of an external miner for a block that must wait, and none for a second one', () => {
    const { mining, started, cancelled, mined, pool, chain } = harness();
    const nowMs = (chain.head().header.timestamp - 15) * 1000;
    mining.update(nowMs);
    const first = mining.work(nowMs)?.sealHashHex ?? ZERO_HASH;
    pool.add(transfer(), { local: true }, nowMs);
    const second = mining.work(nowMs + 500)?.sealHashHex ?? ZERO_HASH;
    expect(mining.submit(nowMs + 500, first, SEAL.nonce, SEAL.mixHash)).toBe(true);
    expect(mining.submit(nowMs + 500, second, SEAL.nonce, SEAL.mixHash)).toBe(false);
    mining.update(nowMs + 500);
    expect([cancelled, mining.searching()]).toEqual([[started[0]?.id], false]);
    mining.update(nowMs + 1_000);
    expect(mined.map((block) => block.transactions.length)).toEqual([0]);
  });

  it('keeps a block that waits although another head comes, and mines on that', () => {
    const { mining, started, jobs, chain } = harness();
    const nowMs = (chain.head().header.timestamp - 15) * 1000;
    mining.update(nowMs);
    jobs.done(nowMs, started[0]?.id ?? 0, SEAL);
    const [other] = extend(chain, 1, () => ({ after: 1 }));
    mining.update(nowMs);
    jobs.done(nowMs, started[1]?.id ?? 0, SEAL);
    mining.update(nowMs);
    expect([started.length, mining.nextWake()]).toEqual([2, nowMs + 1_000]);
    mining.update(nowMs + 2_000);
    expect(chain.head().header.parentHash).toBe(other?.hash);
    expect(chain.uncleCandidates(chain.head().hash).map(({ header }) => header.coinbase)).toEqual([account(6)]);
  });

  it('starts over on a new head', () => {
    const { mining, started, cancelled, chain, startMs } = harness();
    mining.update(startMs);
    extend(chain, 1);
    mining.update(startMs + 10);
    expect(started).toHaveLength(2);
    expect(cancelled).toEqual([started[0]?.id]);
  });

  it('takes in new transactions, but not more often than every 200 ms', () => {
    const { mining, started, pool, jobs, mined, startMs } = harness();
    mining.update(startMs);
    pool.add(transfer(), { local: true }, startMs);
    mining.update(startMs + 100);
    expect(started).toHaveLength(1);
    expect(mining.nextWake()).toBe(startMs + 200);
    mining.update(startMs + 200);
    expect(started).toHaveLength(2);
    jobs.done(startMs + 300, started[1]?.id ?? 0, SEAL);
    expect(mined[0]?.transactions).toHaveLength(1);
  });

  it('brings the time of a long search up to date, and with it the difficulty', () => {
    const { mining, started, startMs } = harness();
    mining.update(startMs);
    const first = mining.work(startMs);
    mining.update(startMs + 30_000);
    const later = mining.work(startMs + 30_000);
    expect(started).toHaveLength(2);
    expect(later?.header.timestamp).toBe((first?.header.timestamp ?? 0) + 30);
    expect((later?.header.difficulty ?? 0n) <= (first?.header.difficulty ?? 0n)).toBe(true);
  });

  it.each([
    { name: 'without an etherbase', options: { etherbase: false } },
    { name: 'while it is off', options: { enabled: false } },
  ])('does not search $name', ({ options }) => {
    const { mining, started, startMs } = harness(options);
    mining.update(startMs);
    expect(started).toEqual([]);
    expect(mining.searching()).toBe(false);
  });

  it('ends the search while the node should not mine', () => {
    const { mining, cancelled, setMayMine, startMs } = harness();
    mining.update(startMs);
    setMayMine(false);
    mining.update(startMs + 10);
    expect(cancelled).toHaveLength(1);
    expect(mining.searching()).toBe(false);
    // A wake in the past would make the host spin.
    expect(mining.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives work to external miners, and takes the seal of a template given out before', () => {
    const { mining, mined, pool, startMs } = harness({ enabled: false });
    const given = mining.work(startMs);
    pool.add(transfer(), { local: true }, startMs);
    const newer = mining.work(startMs + 1_000);
    expect(newer?.sealHashHex).not.toBe(given?.sealHashHex);
    expect(mining.submit(startMs, ZERO_HASH, SEAL.nonce, SEAL.mixHash)).toBe(false);
    expect(mining.submit(startMs, given?.sealHashHex ?? ZERO_HASH, SEAL.nonce, SEAL.mixHash)).toBe(true);
    expect(mined).toHaveLength(1);
  });

  it('shows the pending block with its receipts and state', () => {
    const { mining, pool, startMs } = harness({ enabled: false });
    pool.add(transfer({ value: 5n }), { local: true }, startMs);
    const pending = mining.pending(startMs);
    expect(pending?.block.header.number).toBe(1);
    expect(pending?.receipts).toHaveLength(1);
    expect(pending?.state.account(account(0))?.nonce).toBe(1n);
  });
});
