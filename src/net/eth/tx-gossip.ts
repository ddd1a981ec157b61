import { TtlMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import { keccak256Hex } from '../../crypto/keccak.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import type { Transaction } from '../../types/transaction.js';
import { decodeTransaction } from '../../types/transaction-codec.js';
import { newPooledTransactionHashes } from '../../wire/eth/new-pooled-transaction-hashes.js';
import { transactions as transactionsMessage } from '../../wire/eth/transactions.js';
import type { TxResult, TxSink } from '../backend.js';
import type { Fault } from '../defense/fault.js';
import type { ConnId } from '../io.js';
import type { EthPeer, PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';
import type { RequestTable } from './requests.js';
import { carriesTransactions, TxBroadcast } from './tx-broadcast.js';
import { type DeliveredTransaction, TxFetcher } from './tx-fetcher.js';

/** Transactions that the pool refused lately: their announcements are not followed again. */
const MAX_REFUSED = 32_768;
/** An invalid one stays so; five minutes are long past the end of its gossip. */
const INVALID_MS = 5 * 60_000;
/** A refused one may become acceptable with the next blocks. */
const REFUSED_MS = 30_000;
/** Transactions submitted whose results are outstanding, so that copies from other peers are not submitted too. */
const MAX_SUBMITTED = 16_384;
/** The pool answers within a step or two; after that the copy of another peer is as good. */
const SUBMITTED_MS = 5000;

/** Sends and receives transactions (caps/eth.md, Transaction Exchange). */
export class TxGossip {
  readonly #txs: TxSink;
  readonly #peers: PeerControl;
  readonly #broadcast: TxBroadcast;
  readonly #fetcher: TxFetcher;
  readonly #refused = new TtlMap<Hash32, true>(MAX_REFUSED);
  readonly #submitted = new TtlMap<Hash32, true>(MAX_SUBMITTED);

  constructor(deps: {
    readonly txs: TxSink;
    readonly table: PeerTable;
    readonly peers: PeerControl;
    readonly requests: RequestTable;
    readonly random: Random;
  }) {
    this.#txs = deps.txs;
    this.#peers = deps.peers;
    this.#broadcast = new TxBroadcast(deps);
    this.#fetcher = new TxFetcher({
      peers: deps.peers,
      requests: deps.requests,
      onDelivery: (nowMs, conn, delivered) => this.#deliver(nowMs, conn, delivered),
    });
  }

  /** Tells a new peer what is pooled. */
  greet(peer: EthPeer): void {
    this.#broadcast.greet(peer);
  }

  /** The peer reads again: it is told of what went out meanwhile. */
  onWritable(nowMs: number, conn: ConnId): void {
    this.#broadcast.onWritable(nowMs, conn);
  }

  /** Transactions. */
  onTransactions(nowMs: number, peer: EthPeer, payload: Uint8Array): void {
    this.take(nowMs, peer, transactionsMessage.decode(payload));
  }

  /** Takes what came unasked, in network forms: hashed first, as most of what is gossiped is known, and decoded only if new. */
  take(nowMs: number, peer: EthPeer, pushed: readonly Uint8Array[]): void {
    if (!carriesTransactions(peer)) return;
    const delivered = pushed.map((raw) => ({ hash: keccak256Hex(raw), raw }));
    for (const { hash } of delivered) peer.knownTransactions.add(hash);
    this.#deliver(nowMs, peer.conn, delivered);
  }

  /** NewPooledTransactionHashes. */
  onAnnouncement(nowMs: number, peer: EthPeer, payload: Uint8Array): void {
    const announcements = newPooledTransactionHashes(peer.version).decode(payload);
    if (!carriesTransactions(peer)) return;
    // It has all of them, even those that we don't follow: none is told back to it.
    for (const { hash } of announcements) peer.knownTransactions.add(hash);
    for (const announcement of announcements) {
      if (this.#isSettled(nowMs, announcement.hash)) continue;
      // A full list of this peer's announcements: the rest of the message is dropped too.
      if (!this.#fetcher.announce(nowMs, peer.conn, announcement)) return;
    }
  }

  /** Queues what the pool took for the other peers. */
  onAdded(nowMs: number, transactions: readonly Transaction[]): void {
    for (const { hash } of transactions) this.#fetcher.drop(hash);
    this.#broadcast.add(nowMs, transactions);
  }

  /** What a peer sent is judged by the pool; only what no state could make valid is a fault of the sender. */
  onResults(nowMs: number, conn: ConnId, transactions: readonly Transaction[], results: readonly TxResult[]): void {
    let added = 0;
    for (const [i, result] of results.entries()) {
      const hash = transactions[i]?.hash;
      if (hash === undefined) continue;
      this.#submitted.delete(hash);
      if (result.kind === 'added') added++;
      if (result.kind !== 'invalid' && result.kind !== 'refused') continue;
      const isInvalid = result.kind === 'invalid';
      this.#refused.set(hash, true, nowMs + (isInvalid ? INVALID_MS : REFUSED_MS));
      const code = isInvalid ? 'invalid-transaction' : 'refused-transaction';
      this.#peers.fault(nowMs, conn, { code, hash, rule: result.code });
    }
    if (added > 0) this.#peers.merit(nowMs, conn, { kind: 'transactions', count: added });
  }

  /** What is in a block needs no fetching. */
  onHeadChanged(block: Block): void {
    for (const { hash } of block.transactions) this.#fetcher.drop(hash);
  }

  dropPeer(conn: ConnId): void {
    this.#fetcher.dropPeer(conn);
    this.#broadcast.dropPeer(conn);
  }

  tick(nowMs: number): void {
    this.#broadcast.tick(nowMs);
    this.#fetcher.tick(nowMs);
  }

  nextWake(): number {
    return Math.min(this.#broadcast.nextWake(), this.#fetcher.nextWake());
  }

  /** True if there is nothing to gain from receiving this transaction (again). */
  #isSettled(nowMs: number, hash: Hash32): boolean {
    return this.#txs.hasTransaction(hash) || this.#submitted.has(hash, nowMs) || this.#refused.has(hash, nowMs);
  }

  /**
   * Decodes and submits what is new; type and size must be what their sender announced (EIP-5793). All are decoded before any is
   * noted as come: else one that does not decode could hide the others. Returns those that there is no room for: they stay wanted.
   */
  #deliver(nowMs: number, conn: ConnId, delivered: readonly DeliveredTransaction[]): ReadonlySet<Hash32> {
    const fresh = new Map<Hash32, Transaction>(); // BOUNDED: by the message
    for (const { hash, raw } of delivered) {
      if (fresh.has(hash)) continue;
      if (this.#isSettled(nowMs, hash)) this.#fetcher.drop(hash);
      else fresh.set(hash, decodeTransaction(raw));
    }
    const postponed = new Set<Hash32>(); // BOUNDED: by the message
    if (fresh.size === 0) return postponed;
    const faults = [...fresh.values()].flatMap((transaction) => this.#claimFault(conn, transaction));
    let taken = this.#txs.submitTransactions([...fresh.values()], conn);
    for (const [hash, { type, raw }] of fresh) {
      if (taken-- > 0) {
        this.#fetcher.drop(hash);
        this.#submitted.set(hash, true, nowMs + SUBMITTED_MS);
      } else {
        this.#fetcher.postpone(nowMs, conn, { hash, type, size: raw.length });
        postponed.add(hash);
      }
    }
    for (const fault of faults) this.#peers.fault(nowMs, conn, fault);
    return postponed;
  }

  /** What is wrong with the sender's announcement of this transaction, if there was one. */
  #claimFault(conn: ConnId, { hash, type, raw }: Transaction): Fault[] {
    const claim = this.#fetcher.claimOf(hash, conn);
    const wrong =
      (claim?.size !== undefined && claim.size !== raw.length) || (claim?.type !== undefined && claim.type !== type);
    if (!wrong) return [];
    const detail = `announced type ${claim.type}, ${claim.size} bytes; is type ${type}, ${raw.length} bytes`;
    return [{ code: 'announcement-mismatch', hash, detail }];
  }
}
