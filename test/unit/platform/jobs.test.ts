import { describe, expect, it } from 'vitest';
import type { JobId, JobResult } from '../../../src/node/job.js';
import { createJobRunner, type JobDeps, type WriteFailure } from '../../../src/platform/jobs.js';

interface World {
  readonly results: [JobId, JobResult][];
  readonly writes: string[];
  /** Lets the oldest write that is under way end. */
  finishWrite(failure?: WriteFailure): void;
  seal(): void;
  readonly cancels: () => number;
}

function createWorld(overrides: Partial<JobDeps> = {}) {
  const results: [JobId, JobResult][] = [];
  const writes: string[] = [];
  const waiting: ((failure?: WriteFailure) => void)[] = [];
  let onSealed: (result: JobResult) => void = () => undefined;
  let cancels = 0;
  const runner = createJobRunner({
    write: (database, batch) => {
      writes.push(`${database} ${batch.length}`);
      return new Promise((resolve) => waiting.push((failure) => resolve(failure)));
    },
    recoverSenders: async () => undefined,
    startSeal: (_job, sealed) => {
      onSealed = sealed;
    },
    cancelSeal: () => {
      cancels++;
    },
    done: (id, result) => results.push([id, result]),
    ...overrides,
  });
  const world: World = {
    results,
    writes,
    finishWrite: (failure) => waiting.shift()?.(failure),
    seal: () => onSealed({ kind: 'sealed', nonce: '0x00' as never, mixHash: '0x00' as never }),
    cancels: () => cancels,
  };
  return { runner, world };
}

const write = (database: 'chain' | 'peers', entries: number) =>
  ({
    kind: 'write',
    database,
    sync: false,
    batch: Array.from({ length: entries }, () => ({ kind: 'del', key: new Uint8Array(1) }) as const),
  }) as const;
const seal = { kind: 'seal', sealHash: new Uint8Array(32), target: 1n, startNonce: 0n } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the job runner', () => {
  it('writes the batches of one database in order, and of two side by side', async () => {
    const { runner, world } = createWorld();
    runner.start(1, write('chain', 1));
    runner.start(2, write('chain', 2));
    runner.start(3, write('peers', 3));
    await turn();
    expect(world.writes).toEqual(['chain 1', 'peers 3']);
    world.finishWrite();
    await turn();
    expect(world.writes).toEqual(['chain 1', 'peers 3', 'chain 2']);
    expect(world.results).toEqual([[1, { kind: 'written' }]]);
  });

  it('passes a failure on', async () => {
    const { runner, world } = createWorld();
    runner.start(1, write('chain', 1));
    await turn();
    world.finishWrite({ reason: 'disk-full', message: 'no space' });
    await turn();
    expect(world.results).toEqual([[1, { kind: 'write-failed', reason: 'disk-full', message: 'no space' }]]);
  });

  it('is settled when every write has ended', async () => {
    const { runner, world } = createWorld();
    let settled = false;
    runner.start(1, write('chain', 1));
    runner.start(2, write('chain', 1));
    const waiting = runner.settled().then(() => {
      settled = true;
    });
    await turn();
    world.finishWrite();
    await turn();
    expect(settled).toBe(false);
    world.finishWrite();
    await waiting;
    expect(world.results).toHaveLength(2);
  });

  it('answers a recovery', async () => {
    const { runner, world } = createWorld();
    runner.start(1, { kind: 'recover-senders', transactions: [] });
    await turn();
    expect(world.results).toEqual([[1, { kind: 'recovered' }]]);
  });

  it('answers a seal once', () => {
    const { runner, world } = createWorld();
    runner.start(1, seal);
    world.seal();
    world.seal();
    expect(world.results.map(([id]) => id)).toEqual([1]);
  });

  it('drops the seal of a search that was cancelled or replaced', () => {
    const { runner, world } = createWorld();
    runner.start(1, seal);
    runner.start(2, seal);
    expect(world.cancels()).toBe(1);
    runner.cancel(1);
    expect(world.cancels()).toBe(1);
    runner.cancel(2);
    expect(world.cancels()).toBe(2);
    world.seal();
    expect(world.results).toEqual([]);
  });
});
