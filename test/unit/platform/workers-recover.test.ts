import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bigIntToFixedBytes } from '../../../src/base/bytes.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { recoverShared, shareTransactions } from '../../../src/platform/workers/recover-batch.js';
import { createRecoverWorkers, type RecoverWorkers } from '../../../src/platform/workers/recover-workers.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { decodeTransaction, withSignature } from '../../../src/types/transaction-codec.js';

const keyOf = (index: number): Uint8Array => bigIntToFixedBytes(BigInt(index + 1), 32);

/** Transactions as they come from the wire: without a sender. */
function strangers(count: number): Transaction[] {
  return Array.from({ length: count }, (_, index) => {
    const signed = signTransaction(
      {
        type: 2,
        chainId: 1n,
        nonce: BigInt(index),
        gasLimit: 21_000n,
        to: addressOfPrivateKey(keyOf(0)),
        value: 1n,
        data: new Uint8Array(0),
        maxFeePerGas: 1n,
        maxPriorityFeePerGas: 1n,
        accessList: [],
      },
      keyOf(index % 7),
    );
    return decodeTransaction(signed.raw);
  });
}

let workers: RecoverWorkers | undefined;
beforeAll(async () => {
  await selectCrypto();
});
afterEach(async () => {
  await workers?.close();
  workers = undefined;
});

describe('recovering senders', () => {
  const cases = [
    { name: 'on the calling thread', threads: 0, count: 20 },
    { name: 'a batch too small for a thread', threads: 1, count: 2 },
    { name: 'a small batch', threads: 1, count: 3 },
    { name: 'in one thread', threads: 1, count: 300 },
    { name: 'in two threads', threads: 2, count: 601 },
  ];
  it.each(cases)('$name', async ({ count, ...config }) => {
    workers = createRecoverWorkers(config);
    const transactions = strangers(count);
    await workers.recoverSenders(transactions);
    expect(transactions.map((tx) => tx.sender)).toEqual(
      transactions.map((_, index) => addressOfPrivateKey(keyOf(index % 7))),
    );
  });

  it('leaves what nobody signed without a sender', async () => {
    workers = createRecoverWorkers({ threads: 1, minBatch: 1 });
    const [good, other] = strangers(2) as [Transaction, Transaction];
    const bad = [
      withSignature(good, { r: 0n, s: 1n, yParity: 0 }),
      withSignature(good, { r: 2n ** 256n - 1n, s: 1n, yParity: 1 }),
    ];
    await workers.recoverSenders([...bad, other]);
    expect(bad.map((tx) => tx.sender)).toEqual([undefined, undefined]);
    expect(other.sender).toBe(addressOfPrivateKey(keyOf(1)));
  });

  it('answers even when the threads are closed meanwhile', async () => {
    workers = createRecoverWorkers({ threads: 1 });
    const transactions = strangers(40);
    const recovered = workers.recoverSenders(transactions);
    await workers.close();
    await recovered;
    expect(transactions.every((tx) => tx.sender !== undefined)).toBe(true);
  });

  it('takes several batches at once', async () => {
    const own = createRecoverWorkers({ threads: 1 });
    workers = own;
    const batches = [5, 300, 1, 40].map(strangers);
    await Promise.all(batches.map((batch) => own.recoverSenders(batch)));
    expect(batches.flat().every((tx) => tx.sender !== undefined)).toBe(true);
  });
});

describe('a shared batch', () => {
  const share = (count: number) => shareTransactions(strangers(count).map(({ raw }) => raw));
  const signers = (count: number) => Array.from({ length: count }, (_, index) => addressOfPrivateKey(keyOf(index % 7)));

  it('is recovered whole by a thread that is alone', () => {
    const batch = share(5);
    recoverShared(batch.memory);
    expect([0, 1, 2, 3, 4].map(batch.answer)).toEqual(signers(5));
    expect([0, 1, 2, 3, 4].some(batch.take)).toBe(false);
  });

  it('is left by the thread where the other one has come from the end', () => {
    const batch = share(5);
    expect([4, 3].map(batch.take)).toEqual([true, true]);
    recoverShared(batch.memory);
    expect([0, 1, 2].map(batch.answer)).toEqual(signers(3));
    expect([3, 4].map(batch.answer)).toEqual([undefined, undefined]);
  });

  it('may be empty', () => {
    const batch = share(0);
    recoverShared(batch.memory);
    expect(batch.count).toBe(0);
  });
});
