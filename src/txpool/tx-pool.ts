import { TtlMap } from '../base/bounded.js';
import type { Address, Hash32 } from '../base/brand.js';
import { DecodeError } from '../codec/decode-error.js';
import { keccak256Hex } from '../crypto/keccak.js';
import type { KvBatch } from '../ports/kv.js';
import type { ChainSpec } from '../types/chain-spec.js';
import { type Rules, rulesAt } from '../types/rules.js';
import type { Transaction } from '../types/transaction.js';
import { decodeTransaction } from '../types/transaction-codec.js';
import type { AccountEntries, Place } from './account-entries.js';
import { Admission } from './admission.js';
import { bestTransactions } from './best.js';
import { Contents } from './contents.js';
import { touchedBy } from './head-change.js';
import type {
  AddResult,
  BestTransactions,
  HeadChange,
  PoolContent,
  PoolHead,
  PoolStats,
  TransactionStatus,
  TxPool,
  TxPoolConfig,
} from './pool.js';
import { REFUSALS } from './refusal.js';
import { statusOf } from './status.js';

/** Hashes refused for their price that are remembered, and for how long: as many as geth's fetcher. */
const UNDERPRICED_HASHES = 32_768;
const UNDERPRICED_MS = 5 * 60 * 1000;
/** How often waiting times are looked at. */
const TICK_MS = 60_000;

/** What a pool lives on: the chain's rules and its head. */
export interface PoolDeps {
  readonly spec: ChainSpec;
  readonly head: PoolHead;
}

/** An empty pool on top of the head. */
export function createTxPool(config: TxPoolConfig, deps: PoolDeps): TxPool {
  return new Pool(config, deps);
}

class Pool implements TxPool {
  readonly #config: TxPoolConfig;
  readonly #spec: ChainSpec;
  readonly #contents: Contents;
  readonly #admission: Admission;
  readonly #underpriced = new TtlMap<Hash32, true>(UNDERPRICED_HASHES);
  #head: PoolHead;
  #rules: Rules;
  #nextTickMs = Number.POSITIVE_INFINITY;

  constructor(config: TxPoolConfig, { spec, head }: PoolDeps) {
    this.#config = config;
    this.#spec = spec;
    this.#contents = new Contents(config);
    this.#admission = new Admission(config, spec, this.#contents);
    this.#head = head;
    this.#rules = rulesAt(spec, head.number + 1);
    this.#contents.rank(head.baseFee);
  }

  add(tx: Transaction, options: { readonly local: boolean }, nowMs: number): AddResult {
    if (this.has(tx.hash)) return { kind: 'known' };
    if (!options.local && this.wasUnderpriced(tx.hash, nowMs)) {
      return REFUSALS.underpriced('it was refused for its price less than 5 minutes ago');
    }
    const result = this.#admission.admit(tx, options.local, this.#head, this.#rules, nowMs);
    if (result.kind === 'added') {
      for (const hash of result.dropped) this.#noteUnderpriced(hash, nowMs);
      if (result.queued) this.#nextTickMs = Math.min(this.#nextTickMs, nowMs + TICK_MS);
    } else if (!options.local && result.kind === 'refused' && result.code.endsWith('underpriced')) {
      this.#noteUnderpriced(tx.hash, nowMs);
    }
    return result;
  }

  onHead(head: PoolHead, change: HeadChange, nowMs: number): void {
    // The senders of so many transactions are not recovered in one step.
    const touched = change.isWhole ? touchedBy(change) : this.#contents.accounts.keys();
    this.#moveTo(head, nowMs, touched, change.returning);
  }

  reset(head: PoolHead, nowMs: number): void {
    this.#moveTo(head, nowMs, this.#contents.accounts.keys(), []);
  }

  has(hash: Hash32): boolean {
    return this.#contents.byHash.has(hash);
  }

  wasUnderpriced(hash: Hash32, nowMs: number): boolean {
    return this.#underpriced.has(hash, nowMs);
  }

  get(hash: Hash32): Transaction | undefined {
    return this.#contents.byHash.get(hash)?.tx;
  }

  bySenderAndNonce(sender: Address, nonce: bigint): Transaction | undefined {
    return this.#contents.accounts.get(sender)?.at(nonce)?.entry.tx;
  }

  pending(limit: number): readonly Transaction[] {
    const best = this.best(this.#head.baseFee);
    const transactions: Transaction[] = [];
    for (let tx = best.peek(); tx !== undefined && transactions.length < limit; tx = best.peek()) {
      transactions.push(tx);
      best.take();
    }
    return transactions;
  }

  content(): PoolContent {
    const bySender = (place: Place) => {
      const lists = [...this.#contents.accounts.values()].filter((account) => account[place].length > 0);
      return new Map(lists.map((account) => [account.address, transactionsOf(account, place)]));
    };
    return { pending: bySender('pending'), queued: bySender('queued') };
  }

  contentFrom(sender: Address): { readonly pending: readonly Transaction[]; readonly queued: readonly Transaction[] } {
    const account = this.#contents.accounts.get(sender);
    return { pending: transactionsOf(account, 'pending'), queued: transactionsOf(account, 'queued') };
  }

  nextNonce(sender: Address): bigint {
    const account = this.#contents.accounts.get(sender);
    return account?.nextNonce ?? this.#head.state.account(sender)?.nonce ?? 0n;
  }

  stats(): PoolStats {
    const { counts, slots, local, accounts } = this.#contents;
    return {
      pending: counts.pending,
      queued: counts.queued,
      pendingSlots: slots.pending,
      queuedSlots: slots.queued,
      local,
      accounts: accounts.size,
    };
  }

  why(hash: Hash32): TransactionStatus {
    const entry = this.#contents.byHash.get(hash);
    const account = entry && this.#contents.accounts.get(entry.sender);
    return entry && account ? statusOf(entry, account, this.#head.baseFee) : { kind: 'unknown' };
  }

  best(baseFee: bigint): BestTransactions {
    return bestTransactions(this.#contents.accounts.values(), baseFee);
  }

  revision(): number {
    return this.#contents.revision;
  }

  minTip(): bigint {
    return this.#admission.priceLimit;
  }

  setMinTip(wei: bigint): void {
    this.#admission.priceLimit = wei;
  }

  clear(): number {
    const { pending, queued } = this.#contents.counts;
    for (const account of [...this.#contents.accounts.values()]) {
      while (this.#contents.dropLast(account, 'queued') !== undefined);
      while (this.#contents.dropLast(account, 'pending') !== undefined);
    }
    return pending + queued;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextTickMs) return;
    const deadline = nowMs - this.#config.lifetimeMs;
    for (const account of [...this.#contents.accounts.values()]) {
      this.#contents.dropQueued(account, (entry) => !entry.local && entry.queuedAtMs <= deadline);
    }
    this.#nextTickMs = this.#contents.counts.queued > 0 ? nowMs + TICK_MS : Number.POSITIVE_INFINITY;
  }

  nextWake(): number {
    return this.#nextTickMs;
  }

  drainAdded(): readonly Transaction[] {
    return this.#contents.drainAdded();
  }

  takeBatch(): KvBatch | undefined {
    return this.#contents.journal.takeBatch();
  }

  loadJournal(entries: Iterable<Uint8Array>, nowMs: number): { readonly loaded: number; readonly refused: number } {
    const transactions: Transaction[] = [];
    let loaded = 0;
    let refused = 0;
    const drop = (hash: Hash32): void => {
      refused++;
      this.#contents.journal.removed(hash);
    };
    for (const raw of entries) {
      const tx = decodeOrUndefined(raw);
      if (tx === undefined) drop(keccak256Hex(raw));
      else transactions.push(tx);
    }
    transactions.sort((a, b) => (a.nonce < b.nonce ? -1 : a.nonce > b.nonce ? 1 : 0));
    for (const tx of transactions) {
      const result = this.add(tx, { local: true }, nowMs);
      if (result.kind === 'added') loaded++;
      else if (result.kind !== 'known') drop(tx.hash);
    }
    return { loaded, refused };
  }

  #noteUnderpriced(hash: Hash32, nowMs: number): void {
    this.#underpriced.set(hash, true, nowMs + UNDERPRICED_MS);
  }

  #moveTo(head: PoolHead, nowMs: number, touched: Iterable<Address>, returning: readonly Transaction[]): void {
    const contents = this.#contents;
    const gasLimitFell = head.gasLimit < this.#head.gasLimit;
    this.#head = head;
    this.#rules = rulesAt(this.#spec, head.number + 1);
    contents.rank(head.baseFee);
    const tooMuchGas = (tx: Transaction) => tx.gasLimit > head.gasLimit;
    for (const address of [...(gasLimitFell ? contents.accounts.keys() : touched)]) {
      const account = contents.accounts.get(address);
      if (account === undefined) continue;
      const { nonce, balance } = head.state.account(address) ?? { nonce: 0n, balance: 0n };
      contents.rebuild(account, { nonce, balance }, (entry) => tooMuchGas(entry.tx), nowMs);
    }
    for (const tx of returning) {
      if (!this.has(tx.hash)) this.#admission.admit(tx, contents.journal.isLocal(tx.hash), head, this.#rules, nowMs);
    }
    // A fallen nonce made pending transactions wait; the queue's limits hold for them from now on.
    for (const account of [...contents.accounts.values()]) {
      this.#admission.promote(account);
      while (account.queued.length > this.#config.accountQueue || this.#queueOverflows(account)) {
        contents.dropLast(account, 'queued');
      }
    }
    if (contents.counts.queued > 0) this.#nextTickMs = Math.min(this.#nextTickMs, nowMs + TICK_MS);
  }

  #queueOverflows(account: AccountEntries): boolean {
    return account.queued.length > 0 && this.#contents.slots.queued > this.#config.globalQueue;
  }
}

function transactionsOf(account: AccountEntries | undefined, place: Place): readonly Transaction[] {
  return account?.[place].map((entry) => entry.tx) ?? [];
}

function decodeOrUndefined(raw: Uint8Array): Transaction | undefined {
  try {
    return decodeTransaction(raw);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
