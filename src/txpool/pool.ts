import type { Address, Hash32 } from '../base/brand.js';
import type { KvBatch } from '../ports/kv.js';
import type { Account } from '../types/account.js';
import type { Block } from '../types/block.js';
import type { Transaction } from '../types/transaction.js';
import type { Refusal } from './refusal.js';

/** The pool's limits. Names and defaults follow geth's `--txpool.*` flags where the meaning is the same. */
export interface TxPoolConfig {
  /** Least tip in wei a gas for a transaction from a peer; local ones are exempt. */
  readonly priceLimit: bigint;
  /** Executable transactions that an account holds before it is among the first to be evicted from. */
  readonly accountSlots: number;
  /** Executable transactions that an account may hold once the pool is half full. */
  readonly accountMaxSlots: number;
  /** Transactions that an account may hold behind a nonce gap. */
  readonly accountQueue: number;
  /** Slots of {@link SLOT_BYTES} for executable transactions of all accounts. */
  readonly globalSlots: number;
  /** Slots of {@link SLOT_BYTES} for transactions behind a nonce gap, of all accounts. */
  readonly globalQueue: number;
  /** How long a transaction from a peer may wait behind a nonce gap. */
  readonly lifetimeMs: number;
}

/** What a node runs with unless told otherwise. */
export const DEFAULT_TX_POOL_CONFIG: TxPoolConfig = {
  priceLimit: 1n,
  accountSlots: 16,
  accountMaxSlots: 64,
  accountQueue: 64,
  globalSlots: 5120,
  globalQueue: 1024,
  lifetimeMs: 3 * 60 * 60 * 1000,
};

/** What the pool reads of the state at the head. */
export interface PoolState {
  account(address: Address): Account | undefined;
}

/** What the pool knows of the chain: the head and what the next block will ask. */
export interface PoolHead {
  /** Of the head. */
  readonly number: number;
  /** Of the next block, in wei; 0n where London is not active. */
  readonly baseFee: bigint;
  /** Of the head: no transaction that wants more is taken. */
  readonly gasLimit: bigint;
  /** After the head. */
  readonly state: PoolState;
}

/** How the canonical chain came to the new head; `chain.Reorg` fits. */
export interface HeadChange {
  readonly dropped: readonly Block[];
  readonly added: readonly Block[];
  /** False if more blocks left or joined the chain than the lists hold. */
  readonly isWhole: boolean;
  /** What left the chain with the dropped blocks, those before others that need them. */
  readonly returning: readonly Transaction[];
}

/** What became of an offered transaction. */
export type AddResult =
  | {
      readonly kind: 'added';
      /** True if it waits behind a nonce gap (or for room) and is not executable yet. */
      readonly queued: boolean;
      /** The transaction with the same sender and nonce that it took the place of. */
      readonly replaced: Hash32 | undefined;
      /** Cheaper transactions that had to go for it. */
      readonly dropped: readonly Hash32[];
    }
  | { readonly kind: 'known' }
  | Refusal;

/** Transactions by sender, each list in nonce order. */
export type TransactionsBySender = ReadonlyMap<Address, readonly Transaction[]>;

/** Every transaction held. `pending`: contiguous from the account's nonce; `queued`: behind a gap, or without room. */
export interface PoolContent {
  readonly pending: TransactionsBySender;
  readonly queued: TransactionsBySender;
}

/** How full the pool is, and what it has seen since it was created. */
export interface PoolStats {
  readonly pending: number;
  readonly queued: number;
  readonly pendingSlots: number;
  readonly queuedSlots: number;
  readonly local: number;
  readonly accounts: number;
}

/** Why a transaction is not in a block yet. */
export type TransactionStatus =
  | { readonly kind: 'unknown' }
  /** Any next block may take it. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'fee-cap-below-base-fee'; readonly feeCap: bigint; readonly baseFee: bigint }
  /** The sender's transaction `nonce` comes first, and its fee cap is below the base fee. */
  | { readonly kind: 'behind-underpriced'; readonly nonce: bigint }
  /** The sender's transaction `missing` has not come. */
  | { readonly kind: 'nonce-gap'; readonly missing: bigint }
  /** Next in line, but the pool is full of better paid ones. */
  | { readonly kind: 'no-room' };

/** Transactions in the order in which a miner should try them. Void once the pool changes. */
export interface BestTransactions {
  /** The best paid transaction whose predecessors were all taken; undefined when none is left. */
  peek(): Transaction | undefined;
  /** The transaction was taken: its sender's next one becomes a candidate. */
  take(): void;
  /** The transaction was not taken: leaves out its sender's others too. */
  skipSender(): void;
}

/**
 * Transactions that wait for a block. An account's pooled transactions never cost more than its balance together, and
 * an executable one is only displaced by an executable one that pays more.
 */
export interface TxPool {
  /** Admits or refuses `tx`; recovers its sender unless that is cached. */
  add(tx: Transaction, options: { readonly local: boolean }, nowMs: number): AddResult;
  /**
   * The chain went from the known head to `head` as `change` says: drops what was included, takes back what returns.
   * If `change` is not whole every account is looked at again.
   */
  onHead(head: PoolHead, change: HeadChange, nowMs: number): void;
  /** The chain is at `head`, by whatever way: looks at every account again. */
  reset(head: PoolHead, nowMs: number): void;

  has(hash: Hash32): boolean;
  /** True if the hash was refused or evicted for its price within the last 5 minutes: not worth fetching again. */
  wasUnderpriced(hash: Hash32, nowMs: number): boolean;
  get(hash: Hash32): Transaction | undefined;
  bySenderAndNonce(sender: Address, nonce: bigint): Transaction | undefined;
  /** At most `limit` executable transactions whose fee cap reaches the next base fee, best first. */
  pending(limit: number): readonly Transaction[];
  content(): PoolContent;
  contentFrom(sender: Address): { readonly pending: readonly Transaction[]; readonly queued: readonly Transaction[] };
  /** The nonce after the sender's last executable transaction, or the account's if there is none. */
  nextNonce(sender: Address): bigint;
  stats(): PoolStats;
  why(hash: Hash32): TransactionStatus;
  /** Executable transactions by effective tip at `baseFee`, then by arrival, in nonce order for each sender. */
  best(baseFee: bigint): BestTransactions;
  /** Rises with every change of the executable set; a template made at an older revision may be out of date. */
  revision(): number;

  minTip(): bigint;
  /** Sets the price limit; what is in the pool stays. */
  setMinTip(wei: bigint): void;
  /** Forgets everything and returns how many transactions that were. */
  clear(): number;

  /** Drops remote transactions that waited behind a gap for too long. */
  tick(nowMs: number): void;
  /** When `tick` has something to do, in ms; Infinity if never. */
  nextWake(): number;
  /** Transactions that became executable since the last call and still are: for gossip and subscribers. */
  drainAdded(): readonly Transaction[];
  /** Changes of the journal of local transactions since the last call; undefined if there are none. */
  takeBatch(): KvBatch | undefined;
  /** Adds the values of the journal's records again; returns how many were taken, and removes the records of the others. */
  loadJournal(entries: Iterable<Uint8Array>, nowMs: number): { readonly loaded: number; readonly refused: number };
}
