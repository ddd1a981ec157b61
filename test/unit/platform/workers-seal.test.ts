import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bytesToBigInt, concatBytes } from '../../../src/base/bytes.js';
import { fromHex, toHash32 } from '../../../src/base/hex.js';
import { initKeccak, keccak256 } from '../../../src/crypto/keccak.js';
import type { Seal, SealTask } from '../../../src/miner/mining-job.js';
import {
  createSealWorkers,
  type SealWorkers,
  type SealWorkersConfig,
} from '../../../src/platform/workers/seal-workers.js';

const MAX = 2n ** 256n - 1n;
const sealHash = keccak256(new TextEncoder().encode('a header'));
const easy: SealTask = { sealHash, target: MAX / 2000n, startNonce: 2n ** 64n - 100n };
const endless: SealTask = { sealHash, target: 0n, startNonce: 0n };

let workers: SealWorkers | undefined;
const open = (config: SealWorkersConfig): SealWorkers => {
  workers = createSealWorkers(config);
  return workers;
};
const search = (pool: SealWorkers, task: SealTask): Promise<Seal> =>
  new Promise((resolve) => pool.start(task, resolve));

beforeAll(() => initKeccak());
afterEach(async () => {
  await workers?.close();
  workers = undefined;
});

describe('seal workers', () => {
  it.each([1, 2])('find a right seal with %i threads', async (threads) => {
    const { nonce, mixHash } = await search(open({ threads, maxHashrate: undefined }), easy);
    const digest = keccak256(concatBytes(sealHash, fromHex(nonce)));
    expect(toHash32(digest)).toBe(mixHash);
    expect(bytesToBigInt(digest)).toBeLessThanOrEqual(easy.target);
  });

  it('change their limit in the middle of a search', async () => {
    const pool = open({ threads: 1, maxHashrate: 1 });
    const found = search(pool, { ...easy, target: MAX / 20_000n });
    pool.setMaxHashrate(undefined);
    expect((await found).nonce).toMatch(/^0x[0-9a-f]{16}$/);
  });

  it('find the same seal from the same start nonce', async () => {
    const pool = open({ threads: 1, maxHashrate: undefined });
    expect(await search(pool, easy)).toEqual(await search(pool, easy));
  });

  it('leave a search for the next one and answer only the last', async () => {
    const pool = open({ threads: 1, maxHashrate: undefined });
    let early = 0;
    pool.start(endless, () => early++);
    pool.start(easy, () => early++);
    pool.cancel();
    const other = { ...easy, sealHash: keccak256(sealHash) };
    const { nonce, mixHash } = await search(pool, other);
    expect(toHash32(keccak256(concatBytes(other.sealHash, fromHex(nonce))))).toBe(mixHash);
    expect(early).toBe(0);
  });

  it('keep to the hash rate that all threads have together', async () => {
    const limit = 20_000;
    const pool = open({ threads: 2, maxHashrate: limit });
    let found = search(pool, { ...easy, target: MAX / 1000n });
    const startedMs = performance.now();
    for (let round = 0; round < 4; round++) {
      await found;
      found = search(pool, { ...easy, target: MAX / 1000n, sealHash: keccak256(Uint8Array.of(round)) });
    }
    await found;
    // Never more than the limit allows, however late the timers are: but a slice of 25 ms under way, and one made up for.
    expect(pool.hashrate()).toBeLessThanOrEqual(limit * (1 + 100 / (performance.now() - startedMs)));
    expect(pool.hashrate()).toBeGreaterThan(0);
  });

  it('go on with another number of threads', async () => {
    const pool = open({ threads: 1, maxHashrate: undefined });
    const found = search(pool, easy);
    pool.setThreads(2);
    expect((await found).mixHash).toMatch(/^0x00/);
  });

  it('close while searching', async () => {
    const pool = open({ threads: 2, maxHashrate: undefined });
    pool.start(endless, () => expect.unreachable());
    await pool.close();
    expect(pool.hashrate()).toBeGreaterThanOrEqual(0);
  });
});
