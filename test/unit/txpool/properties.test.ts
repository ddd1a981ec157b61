import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/base/brand.js';
import type { PoolHead, TxPool } from '../../../src/txpool/pool.js';
import type { Account } from '../../../src/types/account.js';
import type { Block } from '../../../src/types/block.js';
import { effectiveTip, maxCost, type Transaction } from '../../../src/types/transaction.js';
import { seededRandom } from '../../support/seeded-random.js';
import { address, change, type FakeState, GWEI, makeBlock, makePool, makeTx } from './fixture.js';

const SENDERS = 32;
const LIMITS = { globalSlots: 24, globalQueue: 20, accountSlots: 4, accountMaxSlots: 8, accountQueue: 6 };
const OPERATIONS = 1200;

/** Everything that must hold of a pool at any time. */
function checkInvariants(pool: TxPool, state: FakeState): void {
  const { pending, queued } = pool.content();
  const stats = pool.stats();
  const lists = { pending: [...pending.values()].flat(), queued: [...queued.values()].flat() };
  const slots = (txs: readonly Transaction[]) => txs.reduce((sum, tx) => sum + Math.ceil(tx.raw.length / 8192), 0);
  expect(stats).toMatchObject({
    pending: lists.pending.length,
    queued: lists.queued.length,
    pendingSlots: slots(lists.pending),
    queuedSlots: slots(lists.queued),
    accounts: new Set([...pending.keys(), ...queued.keys()]).size,
  });
  expect(stats.pendingSlots).toBeLessThanOrEqual(LIMITS.globalSlots);
  expect(stats.queuedSlots).toBeLessThanOrEqual(LIMITS.globalQueue);
  for (const tx of [...lists.pending, ...lists.queued]) expect(pool.get(tx.hash)).toBe(tx);
  for (const sender of new Set([...pending.keys(), ...queued.keys()])) {
    const account = state.account(sender);
    const nonce = account?.nonce ?? 0n;
    const run = pending.get(sender) ?? [];
    const waiting = queued.get(sender) ?? [];
    expect(run.map((tx) => tx.nonce)).toEqual(run.map((_, index) => nonce + BigInt(index)));
    expect(pool.nextNonce(sender)).toBe(nonce + BigInt(run.length));
    const nonces = [...run, ...waiting].map((tx) => tx.nonce);
    expect(nonces.every((value, index) => index === 0 || value > (nonces[index - 1] as bigint))).toBe(true);
    expect(waiting.length).toBeLessThanOrEqual(LIMITS.accountQueue);
    const cost = [...run, ...waiting].reduce((sum, tx) => sum + maxCost(tx), 0n);
    expect(cost).toBeLessThanOrEqual(account?.balance ?? 0n);
  }
}

/** Wei that miners can get from the pool at this base fee. */
const earnings = (pool: TxPool, baseFee: bigint): bigint =>
  pool.pending(1000).reduce((sum, tx) => sum + effectiveTip(tx, baseFee) * 21_000n, 0n);

describe.each([1, 2, 3])('random operations, seed %i', (seed) => {
  it('break no invariant', () => {
    const random = seededRandom(seed);
    const { pool, state, head } = makePool(LIMITS);
    const nonces = new Map<number, bigint>();
    let current: PoolHead = head();
    let evicted = 0;
    let last: { block: Block; undo: () => void } | undefined;
    for (let index = 0; index < SENDERS; index++)
      state.set(index, { balance: BigInt(10 + random.below(90)) * 21_000n * 3n * GWEI });

    function offer(): void {
      const from = random.below(SENDERS);
      const base = Number(nonces.get(from) ?? 0n);
      const tip = BigInt(1 + random.below(1000)) * (GWEI / 1000n);
      const cap = (GWEI * BigInt(900 + random.below(2000))) / 1000n;
      const size = random.below(10) === 0 ? 8192 * (1 + random.below(4)) : 110;
      const tx = makeTx({ from, nonce: base + random.below(5), tip: tip < cap ? tip : cap, cap, size });
      const before = { earned: earnings(pool, current.baseFee), held: pool.pending(1000) };
      const result = pool.add(tx, { local: random.below(4) === 0 }, 0);
      if (result.kind !== 'added' || result.replaced !== undefined) return;
      if (!result.queued) evicted += result.dropped.length;
      // An eviction is paid for: what miners can get never falls, whoever sends whatever.
      expect(earnings(pool, current.baseFee)).toBeGreaterThanOrEqual(before.earned);
      if (result.queued) expect(pool.pending(1000)).toEqual(before.held);
    }

    function restore(saved: ReadonlyMap<Address, Account>): void {
      for (const [key, account] of saved) state.accounts.set(key, account);
    }

    function mineBlock(): void {
      const included = pool.pending(1 + random.below(12));
      const from = new Set(included.map((tx) => tx.sender));
      const saved = new Map([...state.accounts].map(([key, account]) => [key, account]));
      for (const tx of included) {
        const account = state.account(tx.sender as never);
        if (account === undefined) continue;
        const balance = account.balance - 21_000n * GWEI;
        state.accounts.set(tx.sender as never, { ...account, nonce: account.nonce + 1n, balance });
      }
      const block = makeBlock(included);
      last = { block, undo: () => restore(saved) };
      current = head({ baseFee: (GWEI * BigInt(800 + random.below(600))) / 1000n });
      pool.onHead(current, change([], [block]), 0);
      for (let index = 0; index < SENDERS; index++) {
        if (from.has(address(index))) nonces.set(index, state.account(address(index))?.nonce ?? 0n);
      }
    }

    function reorganise(): void {
      if (last === undefined) return;
      last.undo();
      pool.onHead(current, change([last.block], [makeBlock([])]), 0);
      last = undefined;
      for (let index = 0; index < SENDERS; index++) nonces.set(index, state.account(address(index))?.nonce ?? 0n);
    }

    for (let step = 0; step < OPERATIONS; step++) {
      const dice = random.below(100);
      if (dice < 97) offer();
      else if (dice < 99) mineBlock();
      else reorganise();
      if (step % 20 === 0) checkInvariants(pool, state);
    }
    checkInvariants(pool, state);
    expect(evicted).toBeGreaterThan(20);
    expect(pool.clear()).toBeGreaterThan(0);
    expect(pool.stats()).toEqual({ pending: 0, queued: 0, pendingSlots: 0, queuedSlots: 0, local: 0, accounts: 0 });
  });
});
