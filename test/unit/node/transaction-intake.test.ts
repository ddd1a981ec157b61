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

  it('holds at most 8192 transactions', () => {
    const { intake, started } = harness();
    const one = received(transfer({ from: 1 }));
    const batch = Array.from({ length: 4096 }, () => one);
    intake.submit(batch, 1);
    intake.submit(batch, 2);
    intake.submit([one], 3);
    expect(started).toHaveLength(2);
  });
});
