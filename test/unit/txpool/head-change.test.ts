import { describe, expect, it } from 'vitest';
import { EMPTY_ACCOUNT } from '../../../src/types/account.js';
import { address, change, ETHER, GWEI, makeBlock, makePool, makeTx } from './fixture.js';

const COST = 21_000n * 10n * GWEI;

describe('a new head', () => {
  it('takes included transactions away and keeps the rest executable', () => {
    const { pool, state, head, offer } = makePool();
    const txs = [0, 1, 2].map((nonce) => makeTx({ from: 1, nonce }));
    for (const tx of txs) offer(tx);
    pool.drainAdded();
    state.set(1, { nonce: 2n });
    pool.onHead(head({ number: 2 }), change([], [makeBlock(txs.slice(0, 2))]), 0);
    expect(pool.contentFrom(address(1))).toEqual({ pending: [txs[2]], queued: [] });
    expect(pool.nextNonce(address(1))).toBe(3n);
    expect(pool.drainAdded()).toEqual([]);
  });

  it('takes away what a transaction from elsewhere with the same nonce made void', () => {
    const { pool, state, head, offer } = makePool();
    offer(makeTx({ from: 1, nonce: 0 }));
    state.set(1, { nonce: 1n });
    pool.onHead(head(), change([], [makeBlock([makeTx({ from: 1, nonce: 0 })])]), 0);
    expect(pool.stats()).toMatchObject({ pending: 0, queued: 0, accounts: 0, pendingSlots: 0 });
  });

  it('takes away, from the end, what the balance does not cover any more', () => {
    const { pool, state, head, offer } = makePool();
    const txs = [0, 1, 2, 4].map((nonce) => makeTx({ from: 1, nonce }));
    for (const tx of txs) offer(tx);
    state.set(1, { balance: 2n * COST });
    pool.onHead(head(), change([], [makeBlock([makeTx({ from: 1, nonce: 9 })])]), 0);
    expect(pool.contentFrom(address(1))).toEqual({ pending: txs.slice(0, 2), queued: [] });
  });

  it.each([
    { name: 'a transfer', block: makeBlock([makeTx({ from: 2, nonce: 0, to: address(1) })]) },
    { name: 'a block reward', block: makeBlock([], address(1)) },
  ])('lets an account spend what it got by $name', ({ block }) => {
    const { pool, state, head, offer } = makePool();
    state.set(1, { balance: COST });
    expect(offer(makeTx({ from: 1, nonce: 0 }))).toBe('pending');
    expect(offer(makeTx({ from: 1, nonce: 1 }))).toBe('insufficient-funds');
    state.set(1, { balance: 2n * COST });
    pool.onHead(head(), change([], [block]), 0);
    expect(offer(makeTx({ from: 1, nonce: 1 }))).toBe('pending');
  });

  it('with another base fee changes what is executable, not what is held', () => {
    const { pool, head, offer } = makePool();
    const tx = makeTx({ from: 1, nonce: 0, cap: 2n * GWEI });
    offer(tx);
    pool.onHead(head({ baseFee: 3n * GWEI }), change([], [makeBlock([])]), 0);
    expect(pool.pending(9)).toEqual([]);
    expect(pool.contentFrom(address(1)).pending).toEqual([tx]);
    pool.onHead(head({ baseFee: 2n * GWEI }), change([], [makeBlock([])]), 0);
    expect(pool.pending(9)).toEqual([tx]);
  });

  it('with a lower gas limit takes away what no block can hold', () => {
    const { pool, head, offer } = makePool();
    const [large, after] = [makeTx({ from: 1, nonce: 0, gas: 30_000_000n }), makeTx({ from: 1, nonce: 1 })];
    offer(large);
    offer(after);
    pool.onHead(head({ gasLimit: 29_999_999n }), change([], [makeBlock([])]), 0);
    expect(pool.has(large.hash)).toBe(false);
    expect(pool.contentFrom(address(1))).toEqual({ pending: [], queued: [after] });
  });
});

describe('a reorganisation', () => {
  it('that is not handed out whole recovers the senders of what returns alone, and touches every account', () => {
    const { pool, state, head, offer } = makePool();
    const txs = [0, 1].map((nonce) => makeTx({ from: 1, nonce }));
    for (const tx of txs) offer(tx);
    const left = makeTx({ from: 2, nonce: 0 });
    // Recovering a sender out of these bytes throws.
    const unread = [2, 3].map((from) => makeBlock([makeTx({ from, nonce: 0, sender: undefined })]));
    // By a block that is not in the lists.
    state.set(1, { nonce: 1n });
    pool.onHead(head(), { dropped: unread, added: unread, isWhole: false, returning: [left] }, 0);
    expect(pool.contentFrom(address(1))).toEqual({ pending: [txs[1]], queued: [] });
    expect(pool.contentFrom(address(2))).toEqual({ pending: [left], queued: [] });
  });

  it('brings dropped transactions back before those that followed them', () => {
    const { pool, state, head, offer } = makePool();
    const txs = [0, 1, 2].map((nonce) => makeTx({ from: 1, nonce }));
    for (const tx of txs) offer(tx);
    const mined = makeBlock(txs.slice(0, 2));
    state.set(1, { nonce: 2n });
    pool.onHead(head(), change([], [mined]), 0);
    state.set(1, { nonce: 1n });
    pool.drainAdded();
    pool.onHead(head(), change([mined], [makeBlock(txs.slice(0, 1))]), 0);
    expect(pool.contentFrom(address(1))).toEqual({ pending: txs.slice(1), queued: [] });
    expect(pool.drainAdded()).toEqual([txs[1]]);
  });

  it('leaves a gap where a dropped transaction can not come back', () => {
    const { pool, state, head, offer } = makePool();
    const [first, second] = [makeTx({ from: 1, nonce: 0, value: 10n * ETHER }), makeTx({ from: 1, nonce: 1 })];
    state.set(1, { nonce: 1n });
    offer(second);
    state.set(1, { nonce: 0n, balance: ETHER });
    pool.onHead(head(), change([makeBlock([first])], [makeBlock([])]), 0);
    expect(pool.contentFrom(address(1))).toEqual({ pending: [], queued: [second] });
  });

  it('keeps to the limits of the queue', () => {
    const { pool, state, head, offer } = makePool({ accountQueue: 3 });
    state.set(1, { nonce: 1n });
    for (let nonce = 1; nonce <= 5; nonce++) offer(makeTx({ from: 1, nonce }));
    state.set(1, { nonce: 0n });
    pool.onHead(head(), change([makeBlock([], address(1))], []), 0);
    expect(pool.contentFrom(address(1)).queued.map((tx) => tx.nonce)).toEqual([1n, 2n, 3n]);
    expect(pool.stats()).toMatchObject({ pending: 0, queued: 3, queuedSlots: 3 });
  });

  it('knows a local transaction again', () => {
    const { pool, state, head } = makePool();
    const tx = makeTx({ from: 1, nonce: 0, tip: 0n });
    pool.add(tx, { local: true }, 0);
    const mined = makeBlock([tx]);
    state.set(1, { nonce: 1n });
    pool.onHead(head(), change([], [mined]), 0);
    expect(pool.stats().local).toBe(0);
    state.set(1, { nonce: 0n });
    pool.onHead(head(), change([mined], []), 0);
    expect(pool.stats()).toMatchObject({ local: 1, pending: 1 });
  });
});

describe('reset', () => {
  it('looks at every account again', () => {
    const { pool, state, head, offer } = makePool();
    offer(makeTx({ from: 1, nonce: 0 }));
    offer(makeTx({ from: 2, nonce: 0 }));
    state.accounts.set(address(1), EMPTY_ACCOUNT);
    state.set(2, { nonce: 1n });
    pool.reset(head({ number: 9 }), 0);
    expect(pool.stats()).toMatchObject({ pending: 0, accounts: 0 });
  });
});
