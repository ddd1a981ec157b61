import type { BlockNonce, Hash32 } from '../base/brand.js';
import type { KvBatch } from '../ports/kv.js';
import type { Transaction } from '../types/transaction.js';

/** Names a job from its start to its result. */
export type JobId = number;

/** The two databases of a data directory. */
export type Database = 'chain' | 'peers';

/** Slow work that the host does for the node, off its thread where it can. */
export type Job =
  /** Recover and cache the sender of each transaction that has none (`setSender`); failures stay undefined. */
  | { readonly kind: 'recover-senders'; readonly transactions: readonly Transaction[] }
  /** Apply `batch` atomically. Batches of one database are applied in the order of their jobs. */
  | { readonly kind: 'write'; readonly database: Database; readonly batch: KvBatch; readonly sync: boolean }
  /** Search a nonce for which keccak256(sealHash || nonce) <= target; runs until found or cancelled. */
  | { readonly kind: 'seal'; readonly sealHash: Uint8Array; readonly target: bigint; readonly startNonce: bigint };

/** What a job came to. */
export type JobResult =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'written' }
  /** The node must stop: a failed write is never retried onto a maybe-torn database. */
  | { readonly kind: 'write-failed'; readonly reason: 'disk-full' | 'io-error'; readonly message: string }
  | { readonly kind: 'sealed'; readonly nonce: BlockNonce; readonly mixHash: Hash32 };
