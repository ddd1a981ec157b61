import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from '../../../base/token-bucket.js';
import {
  FULL_LIMIT_MS,
  IDLE_LIMIT_MS,
  MAX_QUEUED_BYTES,
  PING_BACK_INTERVAL_MS,
  PING_INTERVAL_MS,
} from './session-state.js';

/** Pings, pongs and reserved messages: ten times the honest budget of one per second, so only a flood exceeds it. */
const BASE_RATE: BucketRate = { burst: 50, perSecond: 10 };
/** Subprotocol messages. Busy gossip stays far below; beyond it reading is slowed, which costs no honest peer anything. */
const MESSAGE_RATE: BucketRate = { burst: 10_000, perSecond: 1_000 };
/** Reading rests so long when the budget is used up. */
const THROTTLE_MS = 250;
/** A round trip that is known is measured anew after this, for as long as no ping of silence does it. */
const ROUND_TRIP_MS = 5 * 60_000;
/** A peer that is to be pinged so soon is pinged along with others: one wake serves them all. */
const EARLY_MS = 3_000;

/** What a session's clock asks for. */
export type TrafficAction = 'ping' | 'idle' | 'not-reading' | 'resume';

/** Byte and message counts, keep-alive, back-pressure and rates of one connection. Deadlines are data. */
export class SessionTraffic {
  bytesIn = 0;
  bytesOut = 0;
  messagesIn = 0;
  messagesOut = 0;
  rttMs: number | undefined;
  /** Round trips measured so far. */
  pongs = 0;

  #lastReadMs: number;
  /** Silence after which the peer is pinged. */
  readonly #silenceMs: number;
  /** When the round trip is to be measured. */
  #measureAtMs = Number.POSITIVE_INFINITY;
  /** The last ping. */
  #pingedMs = Number.NEGATIVE_INFINITY;
  /** The first ping that has not been answered. */
  #pingSentMs: number | undefined;
  /** Since when the host's buffer is full, and what was written since. */
  #full: { readonly sinceMs: number; bytes: number } | undefined;
  #pausedByEth = false;
  #throttledUntilMs: number | undefined;
  readonly #base: TokenBucket;
  readonly #messages: TokenBucket;

  constructor(nowMs: number, direction: 'in' | 'out') {
    this.#lastReadMs = nowMs;
    // One ping tells both ends that the other is there: it is the dialer's turn.
    this.#silenceMs = direction === 'out' ? PING_INTERVAL_MS : PING_BACK_INTERVAL_MS;
    this.#base = fullBucket(BASE_RATE, nowMs);
    this.#messages = fullBucket(MESSAGE_RATE, nowMs);
  }

  /** Starts keep-alive once the connection is active. */
  activate(nowMs: number): void {
    this.#measureAtMs = nowMs + PING_INTERVAL_MS;
  }

  onRead(nowMs: number, bytes: number): void {
    this.bytesIn += bytes;
    this.#lastReadMs = nowMs;
  }

  /** Counts a written piece; false if it passes what may pile up for a peer that doesn't read. */
  onWrite(bytes: number): boolean {
    this.bytesOut += bytes;
    if (this.#full === undefined) return true;
    const fits = this.#full.bytes < MAX_QUEUED_BYTES;
    this.#full.bytes += bytes;
    return fits;
  }

  /** Bytes written since the stream became full. */
  get queuedBytes(): number {
    return this.#full?.bytes ?? 0;
  }

  get writable(): boolean {
    return this.#full === undefined;
  }

  /** The host's report that its buffer is full, or empty again. */
  setFull(nowMs: number, full: boolean): void {
    this.#full = full ? (this.#full ?? { sinceMs: nowMs, bytes: 0 }) : undefined;
  }

  /** Takes a base message's token; false is a flood. */
  takeBase(nowMs: number): boolean {
    return takeTokens(this.#base, BASE_RATE, nowMs);
  }

  /** Takes a message's token. When there is none the message still counts, but reading must rest: true if it starts to. */
  takeMessage(nowMs: number): boolean {
    if (takeTokens(this.#messages, MESSAGE_RATE, nowMs) || this.#throttledUntilMs !== undefined) return false;
    const wasPaused = this.paused;
    this.#throttledUntilMs = nowMs + THROTTLE_MS;
    return !wasPaused;
  }

  get paused(): boolean {
    return this.#pausedByEth || this.#throttledUntilMs !== undefined;
  }

  /** Pauses reading on behalf of eth or lifts that; true if the stream's state changes by it. */
  setPausedByEth(nowMs: number, paused: boolean): boolean {
    const before = this.paused;
    this.#pausedByEth = paused;
    if (before && !this.paused) this.#lastReadMs = nowMs;
    return before !== this.paused;
  }

  /** Remembers that a ping left. */
  onPingSent(nowMs: number): void {
    this.#pingSentMs ??= nowMs;
    this.#pingedMs = nowMs;
    this.#measureAtMs = nowMs + PING_INTERVAL_MS;
  }

  /** A pong that no ping asked for measures nothing. */
  onPong(nowMs: number): void {
    if (this.#pingSentMs === undefined) return;
    this.rttMs = nowMs - this.#pingSentMs;
    this.pongs++;
    this.#pingSentMs = undefined;
    this.#measureAtMs = nowMs + ROUND_TRIP_MS;
  }

  /** When {@link due} has something. */
  nextWake(): number {
    const idleMs = this.paused ? Number.POSITIVE_INFINITY : this.#lastReadMs + IDLE_LIMIT_MS;
    const fullMs = this.#full === undefined ? Number.POSITIVE_INFINITY : this.#full.sinceMs + FULL_LIMIT_MS;
    return Math.min(this.#pingDueMs(), idleMs, fullMs, this.#throttledUntilMs ?? Number.POSITIVE_INFINITY);
  }

  /** What the clock demands now, one thing at a time. */
  due(nowMs: number): TrafficAction | undefined {
    if (this.#full !== undefined && nowMs >= this.#full.sinceMs + FULL_LIMIT_MS) return 'not-reading';
    if (!this.paused && nowMs >= this.#lastReadMs + IDLE_LIMIT_MS) return 'idle';
    if (this.#throttledUntilMs !== undefined && nowMs >= this.#throttledUntilMs) {
      this.#throttledUntilMs = undefined;
      if (!this.paused) {
        this.#lastReadMs = nowMs;
        return 'resume';
      }
    }
    return nowMs >= this.#pingDueMs() - EARLY_MS ? 'ping' : undefined;
  }

  /** Whoever is heard of anyway is there: a ping is for silence, and now and then for the round trip. */
  #pingDueMs(): number {
    return Math.min(this.#measureAtMs, Math.max(this.#lastReadMs, this.#pingedMs) + this.#silenceMs);
  }
}
