import { describe, expect, it } from 'vitest';
import type { BlockOutcome, Chain } from '../../../src/chain/chain.js';
import type { BlockSource } from '../../../src/net/backend.js';
import { createImportQueue } from '../../../src/node/import-queue.js';
import type { Job } from '../../../src/node/job.js';
import { createJobTable } from '../../../src/node/job-table.js';
import type { NodeOutput } from '../../../src/node/output.js';
import { type Block, decodeBlock } from '../../../src/types/block.js';
import { senderOf } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { extend, testChain, transfer } from '../../support/chain-builder.js';

const SOURCE: BlockSource = { conn: 1, how: 'sync' };

interface Handled {
  readonly number: number;
  readonly kind: BlockOutcome['kind'];
  readonly source: BlockSource | undefined;
}

function harness(
  options: { chain?: Chain; pooled?: ReadonlyMap<string, Transaction>; saturated?: () => boolean } = {},
) {
  const started: { id: number; job: Job }[] = [];
  const handled: Handled[] = [];
  const jobs = createJobTable((output: NodeOutput) => {
    if (output.kind === 'start-job') started.push(output);
  });
  const chain = options.chain ?? testChain();
  const queue = createImportQueue({
    chain,
    jobs,
    pooled: (hash) => options.pooled?.get(hash),
    saturated: options.saturated ?? (() => false),
    onOutcome: (_nowMs, block, source, outcome) =>
      handled.push({ number: block.header.number, kind: outcome.kind, source }),
  });
  return { chain, queue, jobs, started, handled };
}

/** Blocks as they come from a peer: nothing is known of the senders. */
function received(count: number, transactions: (index: number) => Transaction[] = () => []): Block[] {
  return extend(testChain(), count, (index) => ({ transactions: transactions(index) })).map((block) =>
    decodeBlock(block.raw),
  );
}

const later = Date.UTC(2100, 0, 1);

describe('import queue', () => {
  it('imports in the order of submission and answers with the source', () => {
    const { queue, handled } = harness();
    for (const block of received(3)) expect(queue.submit(block, SOURCE)).toBe(true);
    expect(handled).toEqual([]);
    queue.run(later);
    expect(handled).toEqual([1, 2, 3].map((number) => ({ number, kind: 'head', source: SOURCE })));
    expect(queue.size()).toBe(0);
  });

  it('waits for the recovery of many senders, and keeps the order meanwhile', () => {
    const { queue, jobs, started, handled } = harness();
    const [first, second] = received(2, (index) =>
      index === 0 ? Array.from({ length: 5 }, (_, n) => transfer({ nonce: BigInt(n) })) : [],
    );
    if (first === undefined || second === undefined) throw new Error('two blocks were built');
    queue.submit(first, SOURCE);
    queue.submit(second, SOURCE);
    queue.run(later);
    expect(handled).toEqual([]);
    const job = started[0];
    if (job?.job.kind !== 'recover-senders') throw new Error('a recovery must have been started');
    expect(job.job.transactions).toHaveLength(5);
    for (const transaction of job.job.transactions) senderOf(transaction);
    jobs.done(later, job.id, { kind: 'recovered' });
    queue.run(later);
    expect(handled.map((one) => one.number)).toEqual([1, 2]);
  });

  it('takes the senders of pooled transactions from the pool', () => {
    const transactions = Array.from({ length: 8 }, (_, n) => transfer({ nonce: BigInt(n) }));
    for (const transaction of transactions) senderOf(transaction);
    const pooled = new Map(transactions.map((transaction) => [transaction.hash as string, transaction]));
    const { queue, started, handled } = harness({ pooled });
    for (const block of received(1, () => transactions)) queue.submit(block, SOURCE);
    expect(started).toEqual([]);
    queue.run(later);
    expect(handled.map((one) => one.kind)).toEqual(['head']);
  });

  it('refuses more than 512 blocks', () => {
    const { queue } = harness({ saturated: () => true });
    const [block] = received(1);
    if (block === undefined) throw new Error('a block was built');
    for (let i = 0; i < 512; i++) expect(queue.submit(block, SOURCE)).toBe(true);
    expect(queue.submit(block, SOURCE)).toBe(false);
    expect(queue.size()).toBe(512);
  });

  it('refuses more than 16 MiB', () => {
    const { queue } = harness({ saturated: () => true });
    const [block] = received(1);
    if (block === undefined) throw new Error('a block was built');
    const large: Block = { ...block, raw: new Uint8Array(4 * 1024 * 1024) };
    for (let i = 0; i < 4; i++) expect(queue.submit(large, SOURCE)).toBe(true);
    expect(queue.submit(large, SOURCE)).toBe(false);
  });

  it('imports nothing while the database is behind', () => {
    let behind = true;
    const { queue, handled } = harness({ saturated: () => behind });
    for (const block of received(1)) queue.submit(block, SOURCE);
    queue.run(later);
    expect(handled).toEqual([]);
    behind = false;
    queue.run(later);
    expect(handled).toHaveLength(1);
  });

  it('ends a step after 64 blocks and says that more are ready', () => {
    const { queue, handled } = harness();
    for (const block of received(70)) queue.submit(block, SOURCE);
    expect(queue.run(later)).toBe(true);
    expect(handled).toHaveLength(64);
    expect(queue.run(later)).toBe(false);
    expect(handled).toHaveLength(70);
  });

  it('reports an orphan that its parent brought in, without a source', () => {
    const { queue, handled } = harness();
    const [first, second] = received(2);
    if (first === undefined || second === undefined) throw new Error('two blocks were built');
    queue.submit(second, SOURCE);
    queue.submit(first, SOURCE);
    queue.run(later);
    expect(handled).toEqual([
      { number: 2, kind: 'orphan', source: SOURCE },
      { number: 1, kind: 'head', source: SOURCE },
      { number: 2, kind: 'head', source: undefined },
    ]);
  });
});
