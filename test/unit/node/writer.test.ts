import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/node/job.js';
import { createJobTable } from '../../../src/node/job-table.js';
import type { NodeOutput } from '../../../src/node/output.js';
import { createWriter } from '../../../src/node/writer.js';
import type { KvBatch } from '../../../src/ports/kv.js';
import { MemoryKv } from '../../../src/store/memory-kv.js';
import { extend, testChain, testGenesis } from '../../support/chain-builder.js';

function harness() {
  const started: { id: number; job: Extract<Job, { kind: 'write' }> }[] = [];
  const fatal: NodeOutput[] = [];
  const emit = (output: NodeOutput): void => {
    if (output.kind === 'start-job' && output.job.kind === 'write') started.push({ id: output.id, job: output.job });
    if (output.kind === 'fatal') fatal.push(output);
  };
  const kv = new MemoryKv();
  const chain = testChain(testGenesis(), kv);
  const jobs = createJobTable(emit);
  /** The oldest batch under way reaches the store. */
  const finishOldest = (): void => {
    const oldest = started[finished++];
    if (oldest === undefined) throw new Error('a write must be under way');
    kv.write(oldest.job.batch);
    jobs.done(0, oldest.id, { kind: 'written' });
  };
  let finished = 0;
  return { chain, jobs, writer: createWriter(chain, jobs, emit), started, fatal, finishOldest };
}

describe('writer', () => {
  it('writes one synced batch for each block at the head', () => {
    const { chain, writer, started } = harness();
    writer.flushChain(true);
    extend(chain, 1);
    writer.flushChain(true);
    writer.flushChain(true);
    expect(started.map(({ job }) => [job.database, job.sync])).toEqual([
      ['chain', true],
      ['chain', true],
    ]);
  });

  it('syncs every 64th batch while the node catches up', () => {
    const { chain, writer, started, finishOldest } = harness();
    for (let i = 0; i < 128; i++) {
      extend(chain, 1);
      writer.flushChain(false);
      finishOldest();
    }
    expect(started.filter(({ job }) => job.sync)).toHaveLength(2);
  });

  it('is saturated with 8 batches under way, until one is written', () => {
    const { chain, writer, finishOldest } = harness();
    for (let i = 0; i < 8; i++) {
      expect(writer.saturated()).toBe(false);
      extend(chain, 1);
      writer.flushChain(true);
    }
    expect(writer.saturated()).toBe(true);
    finishOldest();
    expect(writer.saturated()).toBe(false);
  });

  it('lets what comes to the journal during a write and just after it share the next one', () => {
    const { writer, started, finishOldest } = harness();
    const waiting: KvBatch[] = [];
    const take = () => waiting.shift();
    const value = new Uint8Array(1);
    for (const key of [1, 2]) {
      waiting.push([{ kind: 'put', key: Uint8Array.of(key), value }]);
      writer.flushJournal(1000, take, false);
    }
    expect(started).toHaveLength(1);
    expect(writer.nextWake()).toBe(Number.POSITIVE_INFINITY);
    finishOldest();
    writer.flushJournal(1001, take, false);
    expect(started).toHaveLength(1);
    expect(writer.nextWake()).toBe(1005);
    writer.flushJournal(1005, take, false);
    expect(started).toHaveLength(2);
    waiting.push([{ kind: 'del', key: Uint8Array.of(1) }]);
    writer.flushJournal(1005, take, true);
    expect(started.map(({ job }) => job.batch[0]?.kind)).toEqual(['put', 'put', 'del']);
  });

  it.each(['disk-full', 'io-error'] as const)('stops the node when a write fails: %s', (reason) => {
    const { chain, writer, started, jobs, fatal } = harness();
    extend(chain, 1);
    writer.flushChain(true);
    jobs.done(0, started[0]?.id ?? 0, { kind: 'write-failed', reason, message: 'no space' });
    expect(fatal).toEqual([{ kind: 'fatal', reason, message: 'no space' }]);
  });
});
