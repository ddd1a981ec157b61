import type { Hex } from '../../base/brand.js';
import { leadingWord } from '../../base/hex.js';
import type { Random } from '../../ports/random.js';
import type { Transaction } from '../../types/transaction.js';
import { newPooledTransactionHashes } from '../../wire/eth/new-pooled-transaction-hashes.js';
import { transactions as transactionsMessage } from '../../wire/eth/transactions.js';
import type { TxSink } from '../backend.js';
import type { ConnId } from '../io.js';
import type { EthPeer, PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';

/** Transactions that arrive within this time leave together: little delay, far fewer messages at thousands a second. */
const FLUSH_MS = 50;
/** With so many waiting the batch leaves at once. */
const MAX_WAITING = 4096;
/** A message of whole transactions is cut there, as other clients do. */
const MAX_MESSAGE_BYTES = 100 * 1024;
/** Larger ones are only announced: their bytes cross each link once, when asked for. */
const MAX_PUSHED_BYTES = 4096;
/** Hashes in one announcement; four of these fill what a peer remembers of ours. */
const MAX_HASHES_PER_MESSAGE = 1024;
/** Announced to a new peer: as many as it will remember. */
const MAX_INITIAL = 4096;
/** Peers that missed some are told of the pool at most that often, all in one go: who stops reading and goes on costs little. */
const CATCH_UP_MS = 1000;

/** Tells peers of pooled transactions: whole to a few, by hash to the rest, never back to one that knows them. */
export class TxBroadcast {
  readonly #txs: TxSink;
  readonly #table: PeerTable;
  readonly #peers: PeerControl;
  /** Unknown to others, so nobody can arrange to be the one who gets an account's transactions first. */
  readonly #secret: number;
  #waiting: Transaction[] = []; // BOUNDED: by MAX_WAITING, see add
  #flushAtMs = Number.POSITIVE_INFINITY;
  /** Who did not read when transactions left. BOUNDED: by the connections, see dropPeer */
  readonly #missed = new Set<ConnId>();
  #catchUpAtMs = Number.POSITIVE_INFINITY;
  #caughtUpAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: {
    readonly txs: TxSink;
    readonly table: PeerTable;
    readonly peers: PeerControl;
    readonly random: Random;
  }) {
    this.#txs = deps.txs;
    this.#table = deps.table;
    this.#peers = deps.peers;
    this.#secret = deps.random.below(2 ** 32);
  }

  /** Queues newly pooled transactions. */
  add(nowMs: number, transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      this.#waiting.push(transaction);
      if (this.#waiting.length >= MAX_WAITING) this.#flush();
    }
    if (this.#waiting.length > 0) this.#flushAtMs = Math.min(this.#flushAtMs, nowMs + FLUSH_MS);
  }

  /** Announces the pool to a new peer (caps/eth.md, Transaction Exchange). */
  greet(peer: EthPeer): void {
    if (carriesTransactions(peer)) this.#tellOf(peer, this.#txs.pendingTransactions(MAX_INITIAL));
  }

  /** The peer reads again: it hears soon of what it missed. */
  onWritable(nowMs: number, conn: ConnId): void {
    if (!this.#missed.has(conn)) return;
    this.#catchUpAtMs = Math.min(this.#catchUpAtMs, Math.max(nowMs, this.#caughtUpAtMs + CATCH_UP_MS));
  }

  dropPeer(conn: ConnId): void {
    this.#missed.delete(conn);
  }

  tick(nowMs: number): void {
    if (this.#flushAtMs <= nowMs) this.#flush();
    if (this.#catchUpAtMs <= nowMs) this.#catchUp(nowMs);
  }

  nextWake(): number {
    return Math.min(this.#flushAtMs, this.#catchUpAtMs);
  }

  /** Announces the pool to those that missed some of it and read again. */
  #catchUp(nowMs: number): void {
    this.#catchUpAtMs = Number.POSITIVE_INFINITY;
    this.#caughtUpAtMs = nowMs;
    const pooled = this.#txs.pendingTransactions(MAX_INITIAL);
    for (const conn of this.#missed) {
      const peer = this.#table.get(conn);
      if (peer === undefined || !this.#peers.isWritable(conn)) continue;
      this.#missed.delete(conn);
      this.#tellOf(peer, pooled);
    }
  }

  #tellOf(peer: EthPeer, pooled: readonly Transaction[]): void {
    this.#announce(
      peer,
      pooled.filter(({ hash }) => peer.knownTransactions.add(hash)),
    );
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#flushAtMs = Number.POSITIVE_INFINITY;
    // A peer that doesn't read is left out, as its queue would only grow, and hears of them once it does.
    const peers: EthPeer[] = []; // BOUNDED: by the connections
    for (const peer of this.#table.values()) {
      if (!carriesTransactions(peer)) continue;
      if (this.#peers.isWritable(peer.conn)) peers.push(peer);
      else this.#missed.add(peer.conn);
    }
    if (peers.length === 0) return;
    const direct = Math.ceil(Math.sqrt(peers.length));
    const push = new Map<EthPeer, Transaction[]>(peers.map((peer) => [peer, []])); // BOUNDED: by peers x batch
    const tell = new Map<EthPeer, Transaction[]>(peers.map((peer) => [peer, []])); // BOUNDED: by peers x batch
    const chosen = new Map<string, ReadonlySet<EthPeer>>(); // BOUNDED: by the batch's senders
    for (const transaction of batch) {
      const key = transaction.sender ?? transaction.hash;
      let few = chosen.get(key);
      if (few === undefined) {
        few = this.#choose(peers, direct, key);
        chosen.set(key, few);
      }
      const small = transaction.raw.length <= MAX_PUSHED_BYTES;
      for (const peer of peers) {
        if (!peer.knownTransactions.add(transaction.hash)) continue;
        (small && few.has(peer) ? push : tell).get(peer)?.push(transaction);
      }
    }
    for (const [peer, transactions] of push) this.#push(peer, transactions);
    for (const [peer, transactions] of tell) this.#announce(peer, transactions);
  }

  /**
   * The `count` peers that get a sender's transactions whole: the same ones each time, so that they arrive in the order
   * of their nonces, and others for another sender.
   */
  #choose(peers: readonly EthPeer[], count: number, key: Hex): ReadonlySet<EthPeer> {
    if (count >= peers.length) return new Set(peers);
    const seed = leadingWord(key) ^ this.#secret;
    const ranked = peers.map((peer) => ({ peer, rank: mix(seed ^ peer.lot) }));
    ranked.sort((a, b) => a.rank - b.rank || a.peer.conn - b.peer.conn);
    return new Set(ranked.slice(0, count).map(({ peer }) => peer));
  }

  #push(peer: EthPeer, transactions: readonly Transaction[]): void {
    let message: Uint8Array[] = []; // BOUNDED: by MAX_MESSAGE_BYTES
    let bytes = 0;
    for (const { raw } of transactions) {
      if (bytes + raw.length > MAX_MESSAGE_BYTES && message.length > 0) {
        this.#peers.send(peer.conn, transactionsMessage.code, transactionsMessage.encode(message));
        message = [];
        bytes = 0;
      }
      message.push(raw);
      bytes += raw.length;
    }
    if (message.length > 0) this.#peers.send(peer.conn, transactionsMessage.code, transactionsMessage.encode(message));
  }

  #announce(peer: EthPeer, transactions: readonly Transaction[]): void {
    const codec = newPooledTransactionHashes(peer.version);
    for (let from = 0; from < transactions.length; from += MAX_HASHES_PER_MESSAGE) {
      const announcements = transactions
        .slice(from, from + MAX_HASHES_PER_MESSAGE)
        .map(({ hash, type, raw }) => ({ hash, type, size: raw.length }));
      this.#peers.send(peer.conn, codec.code, codec.encode(announcements));
    }
  }
}

/** False for connections that are kept for blocks alone. */
export const carriesTransactions = (peer: EthPeer): boolean => peer.blocksOnly !== true;

/** A bijection of 32 bits in which each input bit moves every output bit (a xorshift-multiply finaliser). */
function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
