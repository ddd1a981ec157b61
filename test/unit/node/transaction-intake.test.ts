import { describe, expect, it } from 'vitest';
import type { TxResult } from '../../../src/net/backend.js';
import type { Job } from '../../../src/node/job.js';
import { createJobTable } from '../../../src/node/job-table.js';
import type { NodeOutput } from '../../../src/node/output.js';
import { poolHeadOf } from '../../../src/node/pool-head.js';
import { createTransactionIntake } from '../../../src/node/transaction-intake.js';
import { DEFAULT_TX_POOL_CONFIG } from '../../../src/txpool/pool.js';
import { createTxPool } from '../../../src/txpool/tx-pool.js';
import { senderOf } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { decodeTransaction } from '../../../src/types/transaction-codec.js';
import { testChain, transfer } from '../../support/chain-builder.js';

function harness() {
  const started: { id: number; job: Job }[] = [];
  const answers: { conn: number; results: readonly TxResult[] }[] = [];
  const jobs = createJobTable((output: NodeOutput) => {
    if (output.kind === 'start-job') started.push(output);
  });
  const chain = testChain();
  const pool = createTxPool(DEFAULT_TX_POOL_CONFIG, { spec: chain.spec, head: poolHeadOf(chain) });
  const intake = createTransactionIntake({
    pool,
    jobs,
    onResults: (_nowMs, conn, _transactions, results) => answers.push({ conn, results }),
  });
  return { pool, intake, jobs, started, answers };
}

/** As it comes from a peer: nobody knows the sender. */
const received = (tx: Transaction): Transaction => decodeTransaction(tx.raw);

describe('transaction intake', () => {
  it('recovers the senders of a batch in one job, then answers in order', () => {
    const { pool, intake, jobs, started, answers } = harness();
    const good = received(transfer({ from: 1 }));
    const tooLittleGas = received(transfer({ from: 2, gasLimit: 20_000n }));
    intake.submit([good, tooLittleGas], 7);
    intake.run(0);
    expect(answers).toEqual([]);
    const job = started[0];
    if (job?.job.kind !== 'recover-senders') throw new Error('a recovery must have been started');
    for (const transaction of job.job.transactions) senderOf(transaction);
    jobs.done(0, job.id, { kind: 'recovered' });
    intake.run(0);
    expect(answers).toEqual([{ conn: 7, results: [{ kind: 'added' }, { kind: 'invalid', code: 'intrinsic-gas' }] }]);
    expect(pool.has(good.hash)).toBe(true);
  });

  it('does not recover what the pool has', () => {
    const { pool, intake, started } = harness();
    const known = transfer({ from: 1 });
    pool.add(known, { local: true }, 0);
    intake.submit([received(known)], 7);
    expect(started).toEqual([]);
  });

  it('holds at most 8192 transactions, of one connection 2048, and says how many it takes', () => {
    const { intake, started, jobs } = harness();
    const one = received(transfer({ from: 1 }));
    const batch = Array.from({ length: 1500 }, () => one);
    expect(intake.submit(batch, 1)).toBe(1500);
    expect(intake.submit(batch, 1)).toBe(548);
    expect(intake.submit(batch, 1)).toBe(0);
    for (const conn of [2, 3, 4]) {
      for (const taken of [1500, 548]) expect(intake.submit(batch, conn)).toBe(taken);
    }
    expect(intake.submit([one], 5)).toBe(0);
    const [first] = started;
    if (first?.job.kind !== 'recover-senders') throw new Error('a recovery must have been started');
    for (const transaction of first.job.transactions) senderOf(transaction);
    jobs.done(0, first.id, { kind: 'recovered' });
    intake.run(0);
    expect(intake.submit([received(transfer({ from: 2 }))], 1)).toBe(1);
    expect(started).toHaveLength(9);
  });

  it('takes what the pool has, wherever it stands, and needs no room for it', () => {
    const { pool, intake } = harness();
    const known = transfer({ from: 1 });
    pool.add(known, { local: true }, 0);
    const one = received(transfer({ from: 2 }));
    const fill = Array.from({ length: 2048 }, () => one);
    expect(intake.submit([received(known), ...fill, received(known), one], 7)).toBe(2050);
  });

  describe('of local users', () => {
    function local() {
      const world = harness();
      const taken: string[] = [];
      const submit = (name: string, tx: Transaction): void =>
        world.intake.submitLocal(tx, (result) => taken.push(`${name} ${result.kind}`), 0);
      const finish = (index: number): void => {
        const entry = world.started[index];
        if (entry?.job.kind !== 'recover-senders') throw new Error('a recovery must have been started');
        for (const transaction of entry.job.transactions) senderOf(transaction);
        world.jobs.done(0, entry.id, { kind: 'recovered' });
      };
      return { ...world, taken, submit, finish };
    }

    it('gathers what comes in one turn into one job and adds it in order', () => {
      const { intake, started, submit, finish, taken } = local();
      submit('a', received(transfer({ from: 1, nonce: 0n })));
      submit('b', received(transfer({ from: 1, nonce: 1n })));
      submit('a again', transfer({ from: 1, nonce: 0n }));
      expect(started).toEqual([]);
      expect(intake.nextWake()).toBe(0);
      intake.tick();
      expect(started).toHaveLength(1);
      expect(intake.nextWake()).toBe(Number.POSITIVE_INFINITY);
      finish(0);
      expect(taken).toEqual(['a added', 'b added', 'a again known']);
    });

    it('keeps the order when a later job is done first, and runs two at once', () => {
      const { intake, started, submit, finish, taken } = local();
      for (const [index, name] of ['a', 'b', 'c'].entries()) {
        submit(name, received(transfer({ from: index + 1 })));
        intake.tick();
      }
      expect(started).toHaveLength(2);
      finish(1);
      expect(taken).toEqual([]);
      finish(0);
      expect(taken).toEqual(['a added', 'b added']);
      intake.tick();
      finish(2);
      expect(taken).toEqual(['a added', 'b added', 'c added']);
    });

    it('adds at once what needs no recovery and has nobody before it', () => {
      const { started, submit, taken } = local();
      submit('a', transfer({ from: 1 }));
      expect([taken, started]).toEqual([['a added'], []]);
    });

    it('lets 4096 wait, recovers 512 at once, and takes more at the cost of the step', () => {
      const { intake, started, submit, taken } = local();
      const one = transfer({ from: 1 });
      for (let i = 0; i < 4096; i++) submit('x', received(one));
      expect(taken).toEqual([]);
      submit('y', received(transfer({ from: 2 })));
      expect(taken).toEqual(['y added']);
      intake.tick();
      expect(started.map(({ job }) => (job.kind === 'recover-senders' ? job.transactions.length : 0))).toEqual([
        512, 512,
      ]);
    });
  });
});
