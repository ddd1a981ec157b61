import type { Address } from '../base/brand.js';
import { feeCap, maxCost, type Transaction, tipCap } from '../types/transaction.js';

/** What a slot holds: large transactions take several, so that slots bound memory (5120 of them are 40 MiB). */
export const SLOT_BYTES = 8 * 1024;

/** A pooled transaction and what the pool compares it by; computed once. */
export interface Entry {
  readonly tx: Transaction;
  readonly sender: Address;
  /** The most wei it can cost its sender. */
  readonly cost: bigint;
  readonly feeCap: bigint;
  readonly tipCap: bigint;
  /** Gas that it uses, which without contracts is known beforehand. */
  readonly gas: bigint;
  readonly slots: number;
  /** Counts up over all entries: of equal offers the first goes first. */
  readonly arrival: number;
  readonly local: boolean;
  /** When it was last put behind a nonce gap. */
  queuedAtMs: number;
  /** True once it was handed out by `drainAdded`. */
  announced: boolean;
  /** Wei a unit of gas that a miner gets for it at the next base fee; negative if its fee cap is below that. */
  tip: bigint;
  /**
   * What it is worth to a miner: the tip, but for a pending entry no more than that of any of its sender's earlier
   * ones, since it can't be had without them. Negative: the next block can't take it.
   */
  rank: bigint;
}

/** An entry for `tx` whose tip and rank are not computed yet. */
export function makeEntry(
  tx: Transaction,
  sender: Address,
  gas: bigint,
  arrival: number,
  local: boolean,
  nowMs: number,
): Entry {
  return {
    tx,
    sender,
    cost: maxCost(tx),
    feeCap: feeCap(tx),
    tipCap: tipCap(tx),
    gas,
    slots: Math.ceil(tx.raw.length / SLOT_BYTES),
    arrival,
    local,
    queuedAtMs: nowMs,
    announced: false,
    tip: 0n,
    rank: 0n,
  };
}
