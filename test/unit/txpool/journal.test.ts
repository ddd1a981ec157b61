import { describe, expect, it } from 'vitest';
import { bigIntToFixedBytes } from '../../../src/base/bytes.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import type { KvBatch } from '../../../src/ports/kv.js';
import { hashKey } from '../../../src/store/schema.js';
import { EMPTY_ACCOUNT } from '../../../src/types/account.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { address, change, GWEI, makeBlock, makePool, makeTx, SPEC } from './fixture.js';

const KEY = bigIntToFixedBytes(77n, 32);

function signed(nonce: bigint): Transaction {
  return signTransaction(
    {
      type: 2,
      chainId: SPEC.chainId,
      nonce,
      gasLimit: 21_000n,
      to: address(1),
      value: 1n,
      data: new Uint8Array(0),
      maxFeePerGas: 2n * GWEI,
      maxPriorityFeePerGas: 1n,
      accessList: [],
    },
    KEY,
  );
}

/** What a store holds after `batches`. */
function stored(...batches: (KvBatch | undefined)[]): Map<string, Uint8Array> {
  const store = new Map<string, Uint8Array>();
  for (const write of batches.flatMap((batch) => batch ?? [])) {
    const key = Buffer.from(write.key).toString('hex');
    if (write.kind === 'put') store.set(key, write.value);
    else store.delete(key);
  }
  return store;
}

describe('the journal of local transactions', () => {
  it('survives a restart, in any order', () => {
    const { pool } = makePool();
    const txs = [0n, 1n, 2n].map(signed);
    for (const tx of txs) pool.add(tx, { local: true }, 0);
    pool.add(makeTx({ from: 5, nonce: 0 }), { local: false }, 0);
    const store = stored(pool.takeBatch());
    expect(store.size).toBe(3);
    expect(pool.takeBatch()).toBeUndefined();

    const again = makePool().pool;
    expect(again.loadJournal([...store.values()].reverse(), 0)).toEqual({ loaded: 3, refused: 0 });
    expect(again.contentFrom(addressOfPrivateKey(KEY)).pending.map((tx) => tx.hash)).toEqual(txs.map((tx) => tx.hash));
    expect(again.stats()).toMatchObject({ pending: 3, local: 3 });
  });

  it('forgets what was included or replaced', () => {
    const { pool, head, state } = makePool();
    const [mined, old, fresh] = [
      makeTx({ from: 1, nonce: 0 }),
      makeTx({ from: 2, nonce: 0 }),
      makeTx({ from: 2, nonce: 0, tip: 2n * GWEI, cap: 20n * GWEI }),
    ];
    for (const tx of [mined, old, fresh]) pool.add(tx, { local: true }, 0);
    const first = pool.takeBatch();
    state.set(1, { nonce: 1n });
    pool.onHead(head(), change([], [makeBlock([mined])]), 0);
    const store = stored(first, pool.takeBatch());
    expect([...store.keys()]).toEqual([Buffer.from(hashKey('journal', fresh.hash)).toString('hex')]);
  });

  it('drops records that can not be used', () => {
    const { pool } = makePool();
    const used = signed(0n);
    const { pool: later, state } = makePool();
    state.accounts.set(addressOfPrivateKey(KEY), { ...EMPTY_ACCOUNT, nonce: 1n });
    const records = [Uint8Array.of(1, 2, 3), used.raw.subarray(1), new Uint8Array(0)];
    expect(pool.loadJournal(records, 0)).toEqual({ loaded: 0, refused: 3 });
    expect(pool.takeBatch()?.map((write) => write.kind)).toEqual(['del', 'del', 'del']);
    expect(later.loadJournal([used.raw], 0)).toEqual({ loaded: 0, refused: 1 });
    expect(later.takeBatch()).toEqual([{ kind: 'del', key: hashKey('journal', used.hash) }]);
  });
});
