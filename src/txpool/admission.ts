import type { Hash32 } from '../base/brand.js';
import { intrinsicGas } from '../consensus/intrinsic-gas.js';
import { EMPTY_CODE_HASH } from '../types/account.js';
import type { ChainSpec } from '../types/chain-spec.js';
import type { Rules } from '../types/rules.js';
import { senderOf } from '../types/sender.js';
import { effectiveTip, type Transaction } from '../types/transaction.js';
import { AccountEntries, type Place } from './account-entries.js';
import { bumped, checkStateless } from './check-tx.js';
import type { Contents } from './contents.js';
import { type Entry, makeEntry } from './entry.js';
import type { AddResult, PoolHead, TxPoolConfig } from './pool.js';
import { REFUSALS, type Refusal } from './refusal.js';
import { feeOf } from './victims.js';

/** Decides what may enter {@link Contents}, where, and who has to go for it. */
export class Admission {
  readonly #config: TxPoolConfig;
  readonly #spec: ChainSpec;
  readonly #contents: Contents;
  /** Wei a gas that a transaction from a peer has to offer. */
  priceLimit: bigint;
  #arrivals = 0;

  constructor(config: TxPoolConfig, spec: ChainSpec, contents: Contents) {
    this.#config = config;
    this.#spec = spec;
    this.#contents = contents;
    this.priceLimit = config.priceLimit;
  }

  /** Takes `tx` in or says which rule is against it; checks in the order of their cost. */
  admit(tx: Transaction, local: boolean, head: PoolHead, rules: Rules, nowMs: number): AddResult {
    const wrong = checkStateless(tx, rules, this.#spec, head.gasLimit);
    if (wrong !== undefined) return wrong;
    const sender = senderOf(tx);
    if (sender === undefined) return REFUSALS.invalidSender();
    const entry = makeEntry(tx, sender, intrinsicGas(tx, rules), this.#arrivals++, local, nowMs);
    if (!local && entry.tipCap < this.priceLimit) return REFUSALS.priceBelowMinimum(entry.tipCap, this.priceLimit);
    const account = this.#account(entry, head);
    if (!(account instanceof AccountEntries)) return account;
    if (tx.nonce < account.nonce) return REFUSALS.nonceTooLow(account.nonce, tx.nonce);
    const existing = account.at(tx.nonce);
    const others = account.cost - (existing?.entry.cost ?? 0n);
    if (existing !== undefined) {
      const { feeCap, tipCap } = existing.entry;
      if (entry.feeCap < bumped(feeCap) || entry.tipCap < bumped(tipCap)) {
        return REFUSALS.replacementUnderpriced(bumped(feeCap), bumped(tipCap));
      }
    }
    if (others + entry.cost > account.balance) {
      return REFUSALS.insufficientFunds(account.balance, others, entry.cost);
    }
    if (existing !== undefined) return this.#replace(account, existing, entry);
    return tx.nonce === account.nextNonce ? this.#append(account, entry) : this.#enqueue(account, entry);
  }

  /** Makes the account's queued transactions executable as far as they are contiguous and there is room. */
  promote(account: AccountEntries): Hash32[] {
    const dropped: Hash32[] = [];
    for (;;) {
      const next = account.queued[0];
      if (next === undefined || next.tx.nonce !== account.nextNonce || this.#atLimit(account)) return dropped;
      const room = this.#makeRoom(account, 'pending', account.pending.length, next, next.slots);
      if (room === undefined) return dropped;
      dropped.push(...room);
      this.#contents.promote(account);
    }
  }

  /** The sender's account, in the pool or fresh from the state; a refusal if a contract is involved (EIP-3607, no EVM). */
  #account(entry: Entry, head: PoolHead): AccountEntries | Refusal {
    const { to } = entry.tx;
    if (to !== null && hasCode(head.state.account(to))) return REFUSALS.contractCall(to);
    const pooled = this.#contents.accounts.get(entry.sender);
    if (pooled !== undefined) return pooled;
    const state = head.state.account(entry.sender);
    if (hasCode(state)) return REFUSALS.senderNotEoa(entry.sender);
    return new AccountEntries(entry.sender, state?.nonce ?? 0n, state?.balance ?? 0n);
  }

  #replace(account: AccountEntries, old: NonNullable<ReturnType<AccountEntries['at']>>, entry: Entry): AddResult {
    const { place, index } = old;
    const dropped = this.#makeRoom(account, place, index, entry, entry.slots - old.entry.slots);
    if (dropped === undefined) return outbid(place);
    entry.queuedAtMs = old.entry.queuedAtMs;
    this.#contents.replace(account, place, index, entry);
    return { kind: 'added', queued: place === 'queued', replaced: old.entry.tx.hash, dropped };
  }

  #append(account: AccountEntries, entry: Entry): AddResult {
    if (this.#atLimit(account)) return this.#enqueue(account, entry);
    const dropped = this.#makeRoom(account, 'pending', account.pending.length, entry, entry.slots);
    if (dropped === undefined) return outbid('pending');
    this.#contents.insert(account, 'pending', entry);
    dropped.push(...this.promote(account));
    return { kind: 'added', queued: false, replaced: undefined, dropped };
  }

  #enqueue(account: AccountEntries, entry: Entry): AddResult {
    const { accountQueue, accountMaxSlots } = this.#config;
    if (account.queued.length >= accountQueue) {
      return account.queued[0]?.tx.nonce === account.nextNonce
        ? REFUSALS.accountPendingLimit(accountMaxSlots, accountQueue)
        : REFUSALS.accountQueueLimit(accountQueue, account.nextNonce);
    }
    const dropped = this.#makeRoom(account, 'queued', 0, entry, entry.slots);
    if (dropped === undefined) return outbid('queued');
    this.#contents.insert(account, 'queued', entry);
    return { kind: 'added', queued: true, replaced: undefined, dropped };
  }

  /** While the pool is half empty an account may borrow room beyond its maximum; after that the rest waits as queued. */
  #atLimit(account: AccountEntries): boolean {
    const isHalfFull = this.#contents.slots.pending * 2 >= this.#config.globalSlots;
    return isHalfFull && account.pending.length >= this.#config.accountMaxSlots;
  }

  /**
   * Frees what `entry` lacks of `needed` slots and returns what had to go; undefined if it may not have that room.
   * `index` is where it will stand in its account's list.
   */
  #makeRoom(account: AccountEntries, place: Place, index: number, entry: Entry, needed: number): Hash32[] | undefined {
    const limit = place === 'pending' ? this.#config.globalSlots : this.#config.globalQueue;
    const slots = this.#contents.slots[place] + needed - limit;
    if (needed <= 0 || slots <= 0) return [];
    const tip = effectiveTip(entry.tx, this.#contents.baseFee);
    const before = place === 'pending' ? account.pending[index - 1]?.rank : undefined;
    const rank = before !== undefined && before < tip ? before : tip;
    // Only what the next block can take may displace: anything else would be free for an attacker.
    if (place === 'pending' && rank < 0n) return undefined;
    const fee = feeOf({ ...entry, tip, rank });
    const victims = this.#contents.victims(place, { sender: account, slots, rank, fee });
    return victims?.flatMap((victim) => this.#contents.dropLast(victim, place)?.tx.hash ?? []);
  }
}

const hasCode = (account: { readonly codeHash: Hash32 } | undefined): boolean =>
  account !== undefined && account.codeHash !== EMPTY_CODE_HASH;

const outbid = (place: Place): Refusal =>
  place === 'queued'
    ? REFUSALS.poolFull()
    : REFUSALS.underpriced('the pool is full of better paid transactions: raise the priority fee');
