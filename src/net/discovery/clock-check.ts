import { BoundedMap } from '../../base/bounded.js';
import type { Log } from '../../ports/log.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { AddressRules } from './address-rules.js';
import { addressKey } from './bonds.js';

/** How long most clients make their packets good for: what is left of it when one comes tells the sender's time. */
const USUAL_EXPIRATION_MS = 20_000;
/** Ahead of others by more than this: what we mine is held back by them (as long as blocks may be ahead), and soon no packet is good. */
const MAX_AHEAD_MS = 15_000;
/** Behind by more than this. Some clients make packets good for a minute, which looks like 40 s. */
const MAX_BEHIND_MS = 55_000;
/** Others that must have been heard of, each of another subnet: fewer could be one liar, or one wrong clock. */
const ENOUGH_VOTERS = 9;
/** Bootnodes may be all that answer: then so many do, if we are far off. */
const MIN_VOTERS = 3;
const FAR_MS = 60_000;
/** The newest statements count. */
const MAX_VOTERS = 21;
/** A statement counts so long. */
const VOTE_LIFETIME_MS = 30 * 60_000;
/** Alone for so long, a node asks itself whether others hold its packets for expired. */
const LONELY_MS = 60_000;
/** Pings in a row without an answer that it takes, too. */
const LONELY_PINGS = 3;
/** While it lasts the operator is told so often. */
const WARN_EVERY_MS = 3_600_000;

interface Vote {
  readonly aheadMs: number;
  readonly atMs: number;
}

/**
 * Compares our clock with those of the nodes that answer our pings: by how much it is off, if it is off by so much that
 * discovery fails or blocks seem to come from the future. It warns, and nothing more: whoever could set our clock could
 * choose our chain (timejacking, A21).
 */
export class ClockCheck {
  readonly #rules: AddressRules;
  readonly #log: Log;
  readonly #votes = new BoundedMap<string, Vote>(MAX_VOTERS);
  #unanswered = 0;
  /** When somebody whose clock agrees with ours was last heard; undefined before our first ping. */
  #companyAtMs: number | undefined;
  #aheadMs: number | undefined;
  #warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(rules: AddressRules, log: Log) {
    this.#rules = rules;
    this.#log = log;
  }

  /** How far our clock is ahead of others' (negative: behind), if it is too far; the median of what they say. */
  aheadMs(): number | undefined {
    return this.#aheadMs;
  }

  /** A ping was not answered in time. */
  onSilence(nowMs: number): void {
    this.#companyAtMs ??= nowMs;
    this.#unanswered++;
  }

  /**
   * True if nobody has answered for a while. That may be because our clock is behind and our pings have expired before
   * they arrive; one that is good for a day would be answered all the same.
   */
  isLonely(nowMs: number): boolean {
    const sinceMs = this.#companyAtMs ?? nowMs;
    return this.#unanswered >= LONELY_PINGS && nowMs - sinceMs >= LONELY_MS;
  }

  /** Someone has answered our ping from `from` with a pong that is good until `expiration` (in s). */
  heard(nowMs: number, from: SocketAddress, expiration: number): void {
    const aheadMs = nowMs + USUAL_EXPIRATION_MS - expiration * 1000;
    const agrees = aheadMs <= MAX_AHEAD_MS && aheadMs >= -MAX_BEHIND_MS;
    if (agrees) {
      this.#unanswered = 0;
      this.#companyAtMs = nowMs;
    }
    const voter = this.#rules.voter(from.ip) ?? addressKey(from);
    this.#votes.set(voter, { aheadMs: agrees ? 0 : aheadMs, atMs: nowMs });
    if (!agrees || this.#aheadMs !== undefined) this.#judge(nowMs);
  }

  #judge(nowMs: number): void {
    const offsets = [...this.#votes.values()]
      .filter(({ atMs }) => nowMs - atMs < VOTE_LIFETIME_MS)
      .map(({ aheadMs }) => aheadMs)
      .sort((a, b) => a - b);
    // Of an even number the one closer to zero: half of those that were heard may be wrong.
    const middle = [offsets[(offsets.length - 1) >> 1] ?? 0, offsets[offsets.length >> 1] ?? 0];
    const [median = 0] = middle.sort((a, b) => Math.abs(a) - Math.abs(b));
    const enough = Math.abs(median) > FAR_MS ? MIN_VOTERS : ENOUGH_VOTERS;
    if (offsets.length < enough || median === 0) {
      if (this.#aheadMs !== undefined) this.#log.log('info', 'net', 'the clock agrees with other nodes again');
      this.#aheadMs = undefined;
      this.#warnedAtMs = Number.NEGATIVE_INFINITY;
      return;
    }
    this.#aheadMs = median;
    if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#warnedAtMs = nowMs;
    this.#log.log('warn', 'net', 'the clock differs from those of other nodes: set it, or no block will be agreed on', {
      [median > 0 ? 'aheadSeconds' : 'behindSeconds']: Math.round(Math.abs(median) / 1000),
      nodes: offsets.length,
    });
  }
}
