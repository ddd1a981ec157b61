import { describe, expect, it } from 'vitest';
import type { Hash32 } from '../../../src/base/brand.js';
import type { Transaction } from '../../../src/types/transaction.js';
import { address, GWEI, makePool, makeTx } from './fixture.js';

const hashes = (transactions: readonly Transaction[]): string[] => transactions.map((tx) => tx.hash);

describe('nonces', () => {
  it('make what is behind a gap wait until the gap closes', () => {
    const { pool, offer } = makePool();
    const [zero, one, two, four] = [0, 1, 2, 4].map((nonce) => makeTx({ from: 1, nonce })) as [
      Transaction,
      Transaction,
      Transaction,
      Transaction,
    ];
    expect([offer(two), offer(one), offer(four)]).toEqual(['queued', 'queued', 'queued']);
    expect(pool.nextNonce(address(1))).toBe(0n);
    expect(pool.drainAdded()).toEqual([]);
    expect(offer(zero)).toBe('pending');
    expect(pool.nextNonce(address(1))).toBe(3n);
    expect(hashes(pool.drainAdded())).toEqual(hashes([zero, one, two]));
    expect(pool.contentFrom(address(1))).toEqual({ pending: [zero, one, two], queued: [four] });
    expect(pool.why(four.hash)).toEqual({ kind: 'nonce-gap', missing: 3n });
    expect(pool.stats()).toMatchObject({ pending: 3, queued: 1, accounts: 1 });
  });

  it('start from the account', () => {
    const { pool, state, offer } = makePool();
    state.set(1, { nonce: 7n });
    expect(offer(makeTx({ from: 1, nonce: 8 }))).toBe('queued');
    expect(offer(makeTx({ from: 1, nonce: 7 }))).toBe('pending');
    expect(pool.nextNonce(address(1))).toBe(9n);
    expect(pool.nextNonce(address(2))).toBe(0n);
  });
});

describe('replacement', () => {
  const cases = [
    { name: '10 % on both fields', tip: 110n, cap: 1100n, outcome: 'pending' },
    { name: 'too little tip', tip: 109n, cap: 1100n, outcome: 'replacement-underpriced' },
    { name: 'too little cap', tip: 110n, cap: 1099n, outcome: 'replacement-underpriced' },
    { name: 'a legacy price for both', type: 0, cap: 1100n, outcome: 'pending' },
    { name: 'a legacy price too low', type: 0, cap: 1099n, outcome: 'replacement-underpriced' },
    { name: 'an access list transaction', type: 1, cap: 1100n, outcome: 'pending' },
  ] as const;
  it.each(cases)('$name', ({ name, outcome, ...fields }) => {
    const { pool, offer } = makePool();
    const old = makeTx({ from: 1, nonce: 0, tip: 100n, cap: 1000n });
    offer(old);
    const fresh = makeTx({ from: 1, nonce: 0, ...fields });
    expect(offer(fresh)).toBe(outcome);
    expect(pool.bySenderAndNonce(address(1), 0n)).toBe(outcome === 'pending' ? fresh : old);
    expect(pool.has(old.hash)).toBe(outcome !== 'pending');
    expect(pool.stats()).toMatchObject({ pending: 1, queued: 0 });
  });

  it('costs at least 1 wei and works behind a gap', () => {
    const { pool, offer } = makePool();
    const old = makeTx({ from: 1, nonce: 5, tip: 1n, cap: 1n });
    offer(old);
    expect(offer(makeTx({ from: 1, nonce: 5, tip: 1n, cap: 1n }))).toBe('replacement-underpriced');
    const fresh = makeTx({ from: 1, nonce: 5, tip: 2n, cap: 2n });
    expect(pool.add(fresh, { local: false }, 0)).toMatchObject({ queued: true, replaced: old.hash });
  });

  it('never makes the later transactions unaffordable (turning)', () => {
    const { state, offer } = makePool();
    state.set(1, { balance: 3n * 21_000n * 10n * GWEI });
    for (const nonce of [0, 1, 2]) offer(makeTx({ from: 1, nonce }));
    expect(offer(makeTx({ from: 1, nonce: 0, tip: 2n * GWEI, cap: 11n * GWEI }))).toBe('insufficient-funds');
  });
});

describe('limits', () => {
  it('an account holds 64 pending transactions once the pool is half full; 64 more wait', () => {
    const { pool, offer } = makePool({ globalSlots: 200 });
    const outcomes = Array.from({ length: 164 }, (_, nonce) => offer(makeTx({ from: 1, nonce })));
    expect(outcomes.filter((outcome) => outcome === 'pending')).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === 'queued')).toHaveLength(64);
    expect(pool.why(pool.bySenderAndNonce(address(1), 120n)?.hash as Hash32)).toEqual({ kind: 'no-room' });
    expect(pool.add(makeTx({ from: 1, nonce: 164 }), { local: true }, 0)).toMatchObject({
      code: 'account-limit',
      message: 'account limit exceeded: 64 pending and 64 waiting while the pool is over half full',
    });
    const others = Array.from({ length: 70 }, (_, nonce) => offer(makeTx({ from: 2, nonce })));
    expect(others.filter((outcome) => outcome === 'pending')).toHaveLength(64);
  });

  it('an account holds 64 transactions behind a gap', () => {
    const { pool, offer } = makePool();
    for (let nonce = 1; nonce <= 64; nonce++) expect(offer(makeTx({ from: 1, nonce }))).toBe('queued');
    expect(pool.add(makeTx({ from: 1, nonce: 65 }), { local: false }, 0)).toMatchObject({
      code: 'account-limit',
      message: 'account limit exceeded: 64 transactions behind a nonce gap',
    });
    expect(offer(makeTx({ from: 1, nonce: 0 }))).toBe('pending');
    expect(pool.stats()).toMatchObject({ pending: 65, queued: 0 });
  });

  it('a gapped transaction never displaces an executable one, and another gapped one only for more', () => {
    const { pool, offer } = makePool({ globalSlots: 4, globalQueue: 4 });
    for (let from = 0; from < 4; from++) offer(makeTx({ from, nonce: 0, tip: 1n }));
    for (let from = 10; from < 14; from++) expect(offer(makeTx({ from, nonce: 1 }))).toBe('queued');
    expect(pool.add(makeTx({ from: 20, nonce: 1 }), { local: false }, 0)).toMatchObject({
      code: 'pool-full',
      message: 'txpool is full',
    });
    expect(offer(makeTx({ from: 20, nonce: 1, tip: 2n * GWEI }))).toBe('queued');
    expect(pool.stats()).toMatchObject({ pending: 4, queued: 4 });
  });

  it('a large transaction takes a slot for each 8 KiB', () => {
    const { pool, offer } = makePool({ globalSlots: 20 });
    expect(offer(makeTx({ from: 1, nonce: 0, size: 131_072 }))).toBe('pending');
    expect(pool.stats()).toMatchObject({ pending: 1, pendingSlots: 16 });
    expect(offer(makeTx({ from: 2, nonce: 0, size: 131_072 }))).toBe('underpriced');
  });

  it('a remote transaction waits behind a gap for 3 hours, a local one for as long as it likes', () => {
    const { pool } = makePool();
    const remote = makeTx({ from: 1, nonce: 1 });
    const local = makeTx({ from: 2, nonce: 1 });
    pool.add(remote, { local: false }, 0);
    pool.add(local, { local: true }, 0);
    const hour = 3_600_000;
    for (let nowMs = 0; nowMs < 3 * hour; nowMs = pool.nextWake()) pool.tick(nowMs);
    expect(pool.has(remote.hash)).toBe(true);
    pool.tick(3 * hour);
    expect(pool.has(remote.hash)).toBe(false);
    pool.tick(100 * hour);
    expect(pool.has(local.hash)).toBe(true);
    pool.clear();
    pool.tick(200 * hour);
    expect(pool.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('eviction', () => {
  it('takes the cheapest for a better paid transaction and remembers it', () => {
    const { pool, offer } = makePool({ globalSlots: 3 });
    const cheap = makeTx({ from: 1, nonce: 0, tip: 5n });
    for (const tx of [cheap, makeTx({ from: 2, nonce: 0, tip: 9n }), makeTx({ from: 3, nonce: 0, tip: 7n })]) offer(tx);
    const equal = makeTx({ from: 4, nonce: 0, tip: 5n });
    expect(pool.add(equal, { local: false }, 0)).toMatchObject({
      code: 'underpriced',
      message: 'transaction underpriced',
    });
    expect(pool.wasUnderpriced(equal.hash, 1)).toBe(true);
    expect(pool.add(makeTx({ from: 5, nonce: 0, tip: 6n }), { local: false }, 0)).toMatchObject({
      kind: 'added',
      dropped: [cheap.hash],
    });
    expect(pool.wasUnderpriced(cheap.hash, 299_999)).toBe(true);
    expect(pool.wasUnderpriced(cheap.hash, 300_000)).toBe(false);
    expect(offer(cheap)).toBe('underpriced');
  });

  it('takes last transactions only, and not those of the newcomer itself', () => {
    const { pool, offer } = makePool({ globalSlots: 3 });
    const [first, last] = [makeTx({ from: 1, nonce: 0, tip: 1n }), makeTx({ from: 1, nonce: 1, tip: 100n })];
    for (const tx of [first, last, makeTx({ from: 2, nonce: 0, tip: 50n })]) offer(tx);
    // The first one's low tip holds the last one back, so that is worth no more to a miner.
    expect(pool.add(makeTx({ from: 3, nonce: 0, tip: 200n }), { local: false }, 0)).toMatchObject({
      dropped: [last.hash],
    });
    expect(offer(makeTx({ from: 1, nonce: 1, tip: 40n }))).toBe('underpriced');
    expect(pool.has(first.hash)).toBe(true);
  });

  it('prefers accounts above their guaranteed slots', () => {
    const { pool, offer } = makePool({ globalSlots: 20, accountSlots: 4 });
    const poor = makeTx({ from: 1, nonce: 0, tip: 1n });
    offer(poor);
    for (let nonce = 0; nonce < 19; nonce++) offer(makeTx({ from: 2, nonce, tip: 10n }));
    expect(offer(makeTx({ from: 3, nonce: 0, tip: 11n }))).toBe('pending');
    expect(pool.has(poor.hash)).toBe(true);
    expect(pool.nextNonce(address(2))).toBe(18n);
  });

  const worthless = [
    { name: 'a fee cap below the base fee', txs: [makeTx({ from: 9, nonce: 0, tip: GWEI - 1n, cap: GWEI - 1n })] },
    {
      name: 'a predecessor with such a cap (Future1559)',
      txs: [
        makeTx({ from: 9, nonce: 0, tip: 1n, cap: GWEI - 1n }),
        makeTx({ from: 9, nonce: 1, tip: 9n * GWEI, cap: 99n * GWEI }),
      ],
    },
  ];
  it.each(worthless)('never happens for a transaction with $name', ({ txs }) => {
    const { pool, offer } = makePool({ globalSlots: 3 });
    offer(makeTx({ from: 1, nonce: 0, tip: 1n }));
    offer(makeTx({ from: 2, nonce: 0, tip: 1n }));
    expect(txs.map((tx) => offer(tx)).slice(1)).toEqual(txs.slice(1).map(() => 'underpriced'));
    expect(pool.pending(9).map((tx) => tx.sender)).toEqual([address(1), address(2)]);
    // But it is the first to go.
    expect(offer(makeTx({ from: 4, nonce: 0, tip: 1n }))).toBe('pending');
    expect(pool.contentFrom(address(9)).pending).toEqual([]);
  });

  it('never lowers what miners can earn', () => {
    const { offer } = makePool({ globalSlots: 16 });
    const memo = { gas: 1_000_000n, data: new Uint8Array(50_000).fill(1), size: 131_072 };
    expect(offer(makeTx({ from: 1, nonce: 0, tip: 10n, ...memo }))).toBe('pending');
    expect(offer(makeTx({ from: 2, nonce: 0, tip: 20n }))).toBe('underpriced');
    expect(offer(makeTx({ from: 2, nonce: 0, tip: 10n * 40n }))).toBe('pending');
  });
});

describe('why', () => {
  it('says what a transaction waits for', () => {
    const { pool, offer } = makePool();
    const low = makeTx({ from: 1, nonce: 0, cap: GWEI - 1n, tip: 1n });
    const ready = makeTx({ from: 2, nonce: 0 });
    const later = makeTx({ from: 2, nonce: 3 });
    for (const tx of [low, ready, later]) offer(tx);
    expect(pool.why(low.hash)).toEqual({ kind: 'fee-cap-below-base-fee', feeCap: GWEI - 1n, baseFee: GWEI });
    expect(pool.why(ready.hash)).toEqual({ kind: 'ready' });
    expect(pool.why(later.hash)).toEqual({ kind: 'nonce-gap', missing: 1n });
    expect(pool.why(makeTx({ from: 1, nonce: 0 }).hash)).toEqual({ kind: 'unknown' });
  });

  it('says that an earlier one is priced too low', () => {
    const { pool, offer } = makePool();
    const behind = makeTx({ from: 1, nonce: 1 });
    offer(makeTx({ from: 1, nonce: 0, cap: GWEI - 1n, tip: 1n }));
    offer(behind);
    expect(pool.why(behind.hash)).toEqual({ kind: 'behind-underpriced', nonce: 0n });
  });
});

describe('best', () => {
  it('goes by effective tip, then arrival, and keeps the nonces of a sender', () => {
    const { pool, offer } = makePool();
    const a0 = makeTx({ from: 1, nonce: 0, tip: 1n });
    const a1 = makeTx({ from: 1, nonce: 1, tip: 9n });
    const b0 = makeTx({ from: 2, nonce: 0, tip: 5n });
    const c0 = makeTx({ from: 3, nonce: 0, tip: 5n });
    const capped = makeTx({ from: 4, nonce: 0, tip: 8n, cap: GWEI + 3n });
    const below = makeTx({ from: 5, nonce: 0, tip: 8n, cap: GWEI - 1n });
    for (const tx of [a0, a1, b0, c0, capped, below]) offer(tx);
    expect(pool.pending(9)).toEqual([b0, c0, capped, a0, a1]);
    expect(pool.pending(2)).toEqual([b0, c0]);
    const best = pool.best(GWEI);
    best.take();
    best.skipSender();
    best.skipSender();
    best.skipSender();
    expect(best.peek()).toBeUndefined();
    best.take();
  });

  it('looks at the base fee it is asked for', () => {
    const { pool, offer } = makePool();
    offer(makeTx({ from: 1, nonce: 0, cap: 10n * GWEI }));
    expect(pool.best(10n * GWEI).peek()).toBeDefined();
    expect(pool.best(10n * GWEI + 1n).peek()).toBeUndefined();
  });
});

describe('the price limit', () => {
  it('can be changed', () => {
    const { pool, offer } = makePool();
    expect(pool.minTip()).toBe(1n);
    pool.setMinTip(GWEI);
    expect(offer(makeTx({ from: 1, nonce: 0, tip: GWEI - 1n }))).toBe('price-below-minimum');
    expect(offer(makeTx({ from: 1, nonce: 0, tip: GWEI }))).toBe('pending');
  });
});
