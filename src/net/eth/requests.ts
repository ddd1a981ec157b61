import { TtlMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import { Wake } from '../../base/wake.js';
import { getBlockBodies } from '../../wire/eth/get-block-bodies.js';
import { type GetBlockHeaders, getBlockHeaders } from '../../wire/eth/get-block-headers.js';
import { getPooledTransactions } from '../../wire/eth/get-pooled-transactions.js';
import type { RequestKind } from '../defense/fault.js';
import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';

/** The requests that we make. */
export type OwnRequestKind = Exclude<RequestKind, 'receipts'>;

/** Why a request came to nothing. */
export type RequestFailure =
  /** No answer in time. */
  | 'timeout'
  /** The peer left. */
  | 'gone'
  /** The answer did not decode, or held more than was asked. */
  | 'bad-reply';

/** What the asker does with the outcome; exactly one of the two is called, once. */
export interface ReplyHandler {
  /** At most as many items as were asked. May throw DecodeError; then `onFailure` follows with `bad-reply`. */
  onReply(nowMs: number, items: readonly Uint8Array[], elapsedMs: number): void;
  onFailure(nowMs: number, failure: RequestFailure): void;
}

/** A question that waits for its answer. */
export interface PendingRequest extends ReplyHandler {
  readonly conn: ConnId;
  readonly kind: OwnRequestKind;
  readonly id: bigint;
  readonly asked: number;
  readonly sentAtMs: number;
  readonly deadlineMs: number;
}

/** Whose answer a reply is. */
export type ReplyMatch =
  | { readonly kind: 'match'; readonly request: PendingRequest }
  /** To a request that had timed out a short while before. */
  | { readonly kind: 'late' }
  | { readonly kind: 'unsolicited' };

/** A peer is given three times its usual round trip, but no less than 2 s (a busy event loop) and no more than 20 s. */
const TIMEOUT_ROUND_TRIPS = 3;
const MIN_TIMEOUT_MS = 2000;
const MAX_TIMEOUT_MS = 20_000;
/** Somebody else is asked too after three usual round trips, but not before a busy step of our own is over. */
const MIN_LATE_MS = 500;
const MAX_LATE_MS = 2000;
/** Of a peer that never answered yet: gives a first timeout of 5 s. */
const INITIAL_ROUND_TRIP_MS = 5000 / TIMEOUT_ROUND_TRIPS;
/** Weight of a new sample after the first, as TCP does it (RFC 6298). */
const ROUND_TRIP_GAIN = 1 / 8;
/** A reply is no fault for this long after its deadline: the peer was slow, not hostile. */
const LATE_MS = 60_000;
/** Timed-out requests remembered, all peers together; a forgotten one makes a late reply look unsolicited. */
const MAX_LATE = 1024;
/** Enough to keep a pipe full; the bound on what one peer can make us remember. */
const MAX_IN_FLIGHT = 16;

/** All questions that wait for answers. Replies are matched by connection, kind and id, never by kind alone. */
export class RequestTable {
  readonly #peers: PeerControl;
  // BOUNDED: by MAX_IN_FLIGHT for each connection
  readonly #pending = new Map<ConnId, Map<bigint, PendingRequest>>();
  // BOUNDED: by the connections and the kinds, see dropPeer
  readonly #roundTripMs = new Map<ConnId, Map<OwnRequestKind, number>>();
  readonly #late = new TtlMap<string, true>(MAX_LATE);
  readonly #wake = new Wake();
  #lastId = 0n;

  constructor(peers: PeerControl) {
    this.#peers = peers;
  }

  /** True if the peer may be asked one more question. */
  hasRoom(conn: ConnId): boolean {
    return (this.#pending.get(conn)?.size ?? 0) < MAX_IN_FLIGHT;
  }

  /** How long an answer of this kind usually takes this peer, in ms: bodies take longer than headers. */
  roundTripMs(conn: ConnId, kind: OwnRequestKind): number {
    return this.measuredMs(conn, kind) ?? INITIAL_ROUND_TRIP_MS;
  }

  /** The same, but undefined if it has not answered any yet. */
  measuredMs(conn: ConnId, kind: OwnRequestKind): number | undefined {
    return this.#roundTripMs.get(conn)?.get(kind);
  }

  /** How long an answer is waited for before somebody else is asked too. Being late costs a peer nothing. */
  lateAfterMs(conn: ConnId, kind: OwnRequestKind): number {
    const usualMs = this.measuredMs(conn, kind) ?? 0;
    return Math.min(MAX_LATE_MS, Math.max(MIN_LATE_MS, TIMEOUT_ROUND_TRIPS * usualMs));
  }

  /** True if the peer owes an answer that is late: others are asked first meanwhile. */
  isLate(nowMs: number, conn: ConnId): boolean {
    for (const { kind, sentAtMs } of this.#pending.get(conn)?.values() ?? []) {
      if (nowMs - sentAtMs >= this.lateAfterMs(conn, kind)) return true;
    }
    return false;
  }

  /** Asks for headers; false, and no handler is ever called, if the peer has too many questions open. */
  headers(nowMs: number, conn: ConnId, query: Omit<GetBlockHeaders, 'requestId'>, handler: ReplyHandler): boolean {
    const id = this.#open(nowMs, conn, 'headers', query.amount, handler);
    if (id === undefined) return false;
    this.#peers.send(conn, getBlockHeaders.code, getBlockHeaders.encode({ requestId: id, ...query }));
    return true;
  }

  /** Asks for bodies; false like {@link headers}. */
  bodies(nowMs: number, conn: ConnId, hashes: readonly Hash32[], handler: ReplyHandler): boolean {
    const id = this.#open(nowMs, conn, 'bodies', hashes.length, handler);
    if (id === undefined) return false;
    this.#peers.send(conn, getBlockBodies.code, getBlockBodies.encode({ requestId: id, hashes }));
    return true;
  }

  /** Asks for pooled transactions; false like {@link headers}. The items are network forms. */
  transactions(nowMs: number, conn: ConnId, hashes: readonly Hash32[], handler: ReplyHandler): boolean {
    const id = this.#open(nowMs, conn, 'pooled-transactions', hashes.length, handler);
    if (id === undefined) return false;
    this.#peers.send(conn, getPooledTransactions.code, getPooledTransactions.encode({ requestId: id, hashes }));
    return true;
  }

  /** Takes the question that a reply answers off the table. */
  match(nowMs: number, conn: ConnId, kind: OwnRequestKind, id: bigint): ReplyMatch {
    const request = this.#pending.get(conn)?.get(id);
    if (request?.kind === kind) {
      this.#close(request);
      const sample = nowMs - request.sentAtMs;
      const before = this.measuredMs(conn, kind) ?? sample;
      this.#setRoundTrip(request, before + (sample - before) * ROUND_TRIP_GAIN);
      return { kind: 'match', request };
    }
    const late = lateKey(conn, kind, id);
    if (!this.#late.has(late, nowMs)) return { kind: 'unsolicited' };
    this.#late.delete(late);
    return { kind: 'late' };
  }

  /** Takes the questions whose time is up off the table, oldest first for each peer. */
  takeExpired(nowMs: number): PendingRequest[] {
    if (!this.#wake.take(nowMs)) return [];
    const expired: PendingRequest[] = []; // BOUNDED: by the pending ones
    for (const requests of this.#pending.values()) {
      for (const request of requests.values()) {
        if (request.deadlineMs <= nowMs) expired.push(request);
        else this.#wake.by(request.deadlineMs);
      }
    }
    for (const request of expired) {
      this.#close(request);
      this.#late.set(lateKey(request.conn, request.kind, request.id), true, nowMs + LATE_MS);
      // A peer that timed out is not asked with more patience at once, but its estimate moves towards the truth.
      const before = this.roundTripMs(request.conn, request.kind);
      this.#setRoundTrip(request, Math.min(MAX_TIMEOUT_MS / TIMEOUT_ROUND_TRIPS, before * 2));
    }
    return expired;
  }

  /** Forgets a peer and returns the questions that it leaves open. */
  dropPeer(conn: ConnId): PendingRequest[] {
    const requests = [...(this.#pending.get(conn)?.values() ?? [])];
    this.#forget(conn);
    this.#roundTripMs.delete(conn);
    return requests;
  }

  /** When `takeExpired` is due: at the earliest deadline, or before it; Infinity if nothing is asked. */
  nextWake(): number {
    return this.#wake.atMs;
  }

  #open(nowMs: number, conn: ConnId, kind: OwnRequestKind, asked: number, handler: ReplyHandler): bigint | undefined {
    if (!this.hasRoom(conn)) return undefined;
    const id = ++this.#lastId;
    const patience = Math.max(
      MIN_TIMEOUT_MS,
      Math.min(MAX_TIMEOUT_MS, TIMEOUT_ROUND_TRIPS * this.roundTripMs(conn, kind)),
    );
    const request: PendingRequest = {
      conn,
      kind,
      id,
      asked,
      sentAtMs: nowMs,
      deadlineMs: nowMs + patience,
      onReply: handler.onReply,
      onFailure: handler.onFailure,
    };
    let requests = this.#pending.get(conn);
    if (requests === undefined) {
      requests = new Map();
      this.#pending.set(conn, requests);
    }
    requests.set(id, request);
    this.#wake.by(request.deadlineMs);
    return id;
  }

  #forget(conn: ConnId): void {
    this.#pending.delete(conn);
    if (this.#pending.size === 0) this.#wake.clear();
  }

  #setRoundTrip({ conn, kind }: PendingRequest, ms: number): void {
    const known = this.#roundTripMs.get(conn);
    if (known === undefined) this.#roundTripMs.set(conn, new Map([[kind, ms]]));
    else known.set(kind, ms);
  }

  #close(request: PendingRequest): void {
    const requests = this.#pending.get(request.conn);
    requests?.delete(request.id);
    if (requests?.size === 0) this.#forget(request.conn);
  }
}

const lateKey = (conn: ConnId, kind: OwnRequestKind, id: bigint): string => `${conn} ${kind} ${id}`;
