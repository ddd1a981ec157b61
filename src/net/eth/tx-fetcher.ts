import type { Hash32 } from '../../base/brand.js';
import { keccak256Hex } from '../../crypto/keccak.js';
import type { TransactionAnnouncement } from '../../wire/eth/new-pooled-transaction-hashes.js';
import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';
import type { RequestTable } from './requests.js';

/** The transaction itself often follows on another link: wait that long before asking for it. */
const WAIT_MS = 500;
/** An announcer that has not delivered by then is not waited for alone: another one is asked too. */
const HEDGE_MS = 1000;
/** A transaction for which the pool had no room is asked for again then. */
const NO_ROOM_MS = 1000;
/** Announcements of one peer that we remember (caps/eth.md's soft limit): a flood beyond it is dropped. */
const MAX_PER_PEER = 4096;
/** Hashes in one request (caps/eth.md's soft limit). */
const MAX_PER_REQUEST = 256;
/** Announced bytes in one request, as far as sizes are known (eth/68). */
const MAX_REQUEST_BYTES = 128 * 1024;
/** Waits end on multiples of this: a stream of announcements must not make us look for due ones every millisecond. */
const SCHEDULE_MS = 20;
/** From that many asked transactions on, a peer that delivers less than half is reported. */
const MIN_SAMPLE = 16;

/** What a peer said of a transaction. */
type Claim = Pick<TransactionAnnouncement, 'type' | 'size'>;

/** Takes what came; returns the hashes of those there was no room for: they stay wanted, also from who brought them. */
type OnDelivery = (nowMs: number, conn: ConnId, delivered: readonly DeliveredTransaction[]) => ReadonlySet<Hash32>;

const NONE: ReadonlySet<Hash32> = new Set();

/** A transaction that was announced and is not here. */
interface Wanted {
  /** In the order of announcement: whoever comes first may keep it back, and so may many. BOUNDED: by the connections */
  readonly announcers: Map<ConnId, Claim>;
  /** When it may be asked for, or asked for again from another. */
  dueMs: number;
  /** True once it was asked for. */
  wasAsked: boolean;
  /** Questions for it on their way. */
  inFlight: number;
}

interface Source {
  readonly announced: Set<Hash32>; // BOUNDED: by MAX_PER_PEER
  /** One question at a time for each peer: its answers then tell whether to go on asking it. */
  busy: boolean;
  asked: number;
  delivered: number;
}

/**
 * Announced transactions, in three stages: wait whether they come by themselves, ask one announcer, ask the next one if
 * it does not deliver. An announcer that does not deliver has its one question open meanwhile, so a peer that withholds
 * costs each transaction at most one second, and soon is not asked at all.
 */
export class TxFetcher {
  readonly #peers: PeerControl;
  readonly #requests: RequestTable;
  readonly #onDelivery: OnDelivery;
  readonly #wanted = new Map<Hash32, Wanted>(); // BOUNDED: by MAX_PER_PEER for each connection
  readonly #sources = new Map<ConnId, Source>(); // BOUNDED: by the connections, see dropPeer
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(deps: {
    readonly peers: PeerControl;
    readonly requests: RequestTable;
    readonly onDelivery: OnDelivery;
  }) {
    this.#peers = deps.peers;
    this.#requests = deps.requests;
    this.#onDelivery = deps.onDelivery;
  }

  /** Takes the announcement of a transaction that is not in the pool. False if it is over the peer's bounds. */
  announce(nowMs: number, conn: ConnId, { hash, type, size }: TransactionAnnouncement): boolean {
    const source = this.#source(conn);
    if (source.announced.size >= MAX_PER_PEER) return false;
    let wanted = this.#wanted.get(hash);
    if (wanted === undefined) {
      const dueMs = Math.ceil((nowMs + WAIT_MS) / SCHEDULE_MS) * SCHEDULE_MS;
      wanted = { announcers: new Map(), dueMs, wasAsked: false, inFlight: 0 };
      this.#wanted.set(hash, wanted);
    }
    wanted.announcers.set(conn, { type, size });
    source.announced.add(hash);
    this.#wakeAt(wanted.dueMs);
    return true;
  }

  /** Takes note of a transaction that came from `conn` and that there was no room for: it is asked for later, of `conn` or another. */
  postpone(nowMs: number, conn: ConnId, announcement: TransactionAnnouncement): void {
    const { hash } = announcement;
    if (this.claimOf(hash, conn) === undefined) this.announce(nowMs, conn, announcement);
    const wanted = this.#wanted.get(hash);
    if (wanted === undefined) return;
    wanted.wasAsked = true;
    wanted.dueMs = Math.max(wanted.dueMs, nowMs + NO_ROOM_MS);
    this.#wakeAt(wanted.dueMs);
  }

  /** Forgets a transaction: it is here, or it is in a block. */
  drop(hash: Hash32): void {
    const wanted = this.#wanted.get(hash);
    if (wanted === undefined) return;
    this.#wanted.delete(hash);
    for (const conn of wanted.announcers.keys()) this.#sources.get(conn)?.announced.delete(hash);
  }

  /** What `conn` announced of a transaction that is still wanted. */
  claimOf(hash: Hash32, conn: ConnId): Claim | undefined {
    return this.#wanted.get(hash)?.announcers.get(conn);
  }

  dropPeer(conn: ConnId): void {
    const source = this.#sources.get(conn);
    if (source === undefined) return;
    this.#sources.delete(conn);
    for (const hash of source.announced) this.#forgetAnnouncer(hash, conn);
  }

  tick(nowMs: number): void {
    if (this.#wakeMs > nowMs) return;
    this.#wakeMs = Number.POSITIVE_INFINITY;
    for (const [conn, source] of this.#sources) this.#schedule(nowMs, conn, source);
  }

  nextWake(): number {
    return this.#wakeMs;
  }

  #source(conn: ConnId): Source {
    let source = this.#sources.get(conn);
    if (source === undefined) {
      source = { announced: new Set(), busy: false, asked: 0, delivered: 0 };
      this.#sources.set(conn, source);
    }
    return source;
  }

  #wakeAt(atMs: number): void {
    this.#wakeMs = Math.min(this.#wakeMs, atMs);
  }

  /** Asks a peer for what is due, if it is not busy. */
  #schedule(nowMs: number, conn: ConnId, source: Source): void {
    if (source.busy) return;
    const hashes: Hash32[] = []; // BOUNDED: by MAX_PER_REQUEST
    let bytes = 0;
    for (const hash of source.announced) {
      const wanted = this.#wanted.get(hash);
      if (wanted === undefined) continue;
      if (wanted.dueMs > nowMs) {
        this.#wakeAt(wanted.dueMs);
        if (wanted.wasAsked) continue;
        // What this peer announced later waits as long or longer, unless others announced it before: they are asked.
        break;
      }
      hashes.push(hash);
      bytes += wanted.announcers.get(conn)?.size ?? 0;
      if (hashes.length >= MAX_PER_REQUEST || bytes >= MAX_REQUEST_BYTES) break;
    }
    if (hashes.length > 0) this.#ask(nowMs, conn, source, hashes);
  }

  #ask(nowMs: number, conn: ConnId, source: Source, hashes: readonly Hash32[]): void {
    const sent = this.#requests.transactions(nowMs, conn, hashes, {
      onReply: (at, items) => this.#onReply(at, conn, source, hashes, items),
      onFailure: (at) => this.#settle(at, conn, source, hashes, 0),
    });
    if (!sent) {
      this.#wakeAt(nowMs + HEDGE_MS);
      return;
    }
    source.busy = true;
    for (const hash of hashes) {
      const wanted = this.#wanted.get(hash);
      if (wanted === undefined) continue;
      wanted.inFlight++;
      wanted.wasAsked = true;
      wanted.dueMs = nowMs + HEDGE_MS;
    }
    this.#wakeAt(nowMs + HEDGE_MS);
  }

  #onReply(nowMs: number, conn: ConnId, source: Source, asked: readonly Hash32[], items: readonly Uint8Array[]): void {
    const delivered = items.map((raw) => ({ hash: keccak256Hex(raw), raw }));
    const missing = new Set(asked); // BOUNDED: by MAX_PER_REQUEST
    for (const { hash } of delivered) {
      if (missing.delete(hash)) continue;
      const detail = 'a transaction that was not asked for, or twice';
      this.#peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'pooled-transactions', detail });
      this.#settle(nowMs, conn, source, asked, 0);
      return;
    }
    const postponed = this.#onDelivery(nowMs, conn, delivered);
    this.#settle(nowMs, conn, source, asked, delivered.length, postponed);
  }

  /** Ends a question: what it did not bring is no longer expected of this peer, and due at once from others. */
  #settle(
    nowMs: number,
    conn: ConnId,
    source: Source,
    asked: readonly Hash32[],
    delivered: number,
    postponed: ReadonlySet<Hash32> = NONE,
  ): void {
    source.busy = false;
    for (const hash of asked) {
      const wanted = this.#wanted.get(hash);
      if (!postponed.has(hash)) source.announced.delete(hash);
      if (wanted === undefined) continue;
      wanted.inFlight--;
      if (postponed.has(hash)) continue;
      if (wanted.inFlight === 0) wanted.dueMs = nowMs;
      this.#forgetAnnouncer(hash, conn);
    }
    source.asked += asked.length;
    source.delivered += delivered;
    if (source.asked >= MIN_SAMPLE) {
      if (source.delivered * 2 < source.asked) {
        const { asked: announced, delivered: brought } = source;
        this.#peers.fault(nowMs, conn, { code: 'withheld-transactions', announced, delivered: brought });
      }
      source.asked = 0;
      source.delivered = 0;
    }
    this.#wakeAt(nowMs);
  }

  #forgetAnnouncer(hash: Hash32, conn: ConnId): void {
    const wanted = this.#wanted.get(hash);
    if (wanted?.announcers.delete(conn) === true && wanted.announcers.size === 0) this.#wanted.delete(hash);
  }
}

/** A transaction that came on request, in its network form, with its hash. */
export interface DeliveredTransaction {
  readonly hash: Hash32;
  readonly raw: Uint8Array;
}
