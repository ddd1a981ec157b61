import { canonicalIp } from '../../types/ip.js';

/** The first automatic ban; each further one lasts four times as long. */
export const FIRST_BAN_MS = 15 * 60_000;
/** No automatic ban is longer: identities are free, and a repaired node must get back. */
export const MAX_BAN_MS = 7 * 24 * 3_600_000;
/** One strike is forgiven per week. */
export const STRIKE_LIFE_MS = 7 * 24 * 3_600_000;

/** A ban, in force or kept for its strikes. */
export interface Ban {
  /** A node id or an ip. */
  readonly target: string;
  readonly manual: boolean;
  readonly reason: string;
  /** Infinity: until it is lifted. */
  readonly untilMs: number;
  /** Automatic bans so far, as of `strikesAtMs`. */
  readonly strikes: number;
  readonly strikesAtMs: number;
}

/**
 * Who may not connect, by node id or ip. A full table gives way to a heavier ban only (in force rather than over, more
 * strikes, or made by hand), and gives up what is spent, lightest and ends first: a thousand fresh identities can't flush
 * a ban, nor block others by theirs once those are over.
 */
export class BanList {
  // BOUNDED: by capacity; #store() evicts the lightest automatic entry or refuses.
  readonly #bans = new Map<string, Ban>();
  readonly #capacity: number;
  // BOUNDED: by the bans stored between two calls of takeChanges; cleared there, and by capacity below.
  readonly #changed = new Set<string>();

  constructor(capacity = 4096) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#bans.size;
  }

  /** Bans a node id automatically: 15 min, four times longer for each strike not yet forgiven, at most 7 days. */
  strike(nowMs: number, target: string, reason: string): Ban | undefined {
    const before = this.#bans.get(keyOf(target));
    if (before?.manual === true && before.untilMs > nowMs) return before;
    const strikes = (before === undefined ? 0 : strikesOf(before, nowMs)) + 1;
    const untilMs = nowMs + lengthMs(strikes);
    return this.#store(nowMs, { target, manual: false, reason, untilMs, strikes, strikesAtMs: nowMs });
  }

  /** Bans by hand; undefined if the table is full of manual bans. */
  banManually(nowMs: number, target: string, untilMs: number): Ban | undefined {
    const strikes = this.#bans.get(keyOf(target))?.strikes ?? 0;
    return this.#store(nowMs, { target, manual: true, reason: 'by hand', untilMs, strikes, strikesAtMs: nowMs });
  }

  /** The ban in force on a node id or ip. */
  find(nowMs: number, target: string): Ban | undefined {
    const ban = this.#bans.get(keyOf(target));
    return ban !== undefined && ban.untilMs > nowMs ? ban : undefined;
  }

  /** Lifts a ban and forgives its strikes; false if there was none in force. */
  lift(nowMs: number, target: string): boolean {
    const key = keyOf(target);
    const inForce = this.find(nowMs, target) !== undefined;
    if (this.#bans.delete(key)) this.#changed.add(key);
    return inForce;
  }

  /** Bans in force, the longest first. */
  inForce(nowMs: number): Ban[] {
    return [...this.#bans.values()].filter((ban) => ban.untilMs > nowMs).sort((a, b) => b.untilMs - a.untilMs);
  }

  /**
   * Takes a ban read from disk; of no effect if it no longer means anything. If a clock that was ahead has written it, it
   * counts as of now, and the automatic ones last no longer than new ones would.
   */
  restore(nowMs: number, stored: Ban): void {
    const strikesAtMs = Math.min(stored.strikesAtMs, nowMs);
    const latestMs = stored.manual ? Number.POSITIVE_INFINITY : nowMs + lengthMs(stored.strikes);
    const ban = { ...stored, strikesAtMs, untilMs: Math.min(stored.untilMs, latestMs) };
    const key = keyOf(ban.target);
    const spent = isSpent(ban, nowMs);
    if (spent || ban.strikesAtMs !== stored.strikesAtMs || ban.untilMs !== stored.untilMs) this.#changed.add(key);
    if (!spent && this.#bans.size < this.#capacity) this.#bans.set(key, ban);
  }

  /** What changed since the last call, for the disk: the ban under each key, undefined where it is gone. */
  takeChanges(): [key: string, ban: Ban | undefined][] {
    const changes = [...this.#changed].map((key): [string, Ban | undefined] => [key, this.#bans.get(key)]);
    this.#changed.clear();
    return changes;
  }

  #store(nowMs: number, ban: Ban): Ban | undefined {
    const key = keyOf(ban.target);
    if (!this.#bans.has(key) && this.#bans.size >= this.#capacity && !this.#evict(nowMs, ban)) return undefined;
    this.#bans.set(key, ban);
    this.#changed.add(key);
    return ban;
  }

  /** Makes room for `ban`; false if nothing there weighs less than it. */
  #evict(nowMs: number, ban: Ban): boolean {
    let lightest: Ban | undefined;
    for (const other of this.#bans.values()) {
      if (lightest === undefined || weigh(other, lightest, nowMs) < 0) lightest = other;
    }
    // A tie keeps what is there: else new identities, which cost nothing, would flush the first bans.
    if (lightest === undefined || weight(lightest, nowMs) >= weight(ban, nowMs)) return false;
    const key = keyOf(lightest.target);
    this.#bans.delete(key);
    this.#changed.add(key);
    return true;
  }
}

function lengthMs(strikes: number): number {
  return Math.min(MAX_BAN_MS, FIRST_BAN_MS * 4 ** Math.max(0, strikes - 1));
}

/** Strikes left: one is forgiven per {@link STRIKE_LIFE_MS}. */
export function strikesOf(ban: Ban, nowMs: number): number {
  return Math.max(0, ban.strikes - Math.floor(Math.max(0, nowMs - ban.strikesAtMs) / STRIKE_LIFE_MS));
}

function isSpent(ban: Ban, nowMs: number): boolean {
  return ban.untilMs <= nowMs && (ban.manual || strikesOf(ban, nowMs) === 0);
}

/**
 * What a ban is worth keeping: nothing once spent; its strikes while it is in force, above all if a person made it; less than
 * any of those once it is over, though its strikes still count for the next one.
 */
function weight(ban: Ban, nowMs: number): number {
  if (isSpent(ban, nowMs)) return Number.NEGATIVE_INFINITY;
  if (ban.untilMs <= nowMs) return -1 / strikesOf(ban, nowMs);
  return ban.manual ? Number.POSITIVE_INFINITY : strikesOf(ban, nowMs);
}

/** Order of eviction: weight, then the end of the ban. */
function weigh(a: Ban, b: Ban, nowMs: number): number {
  const [left, right] = [weight(a, nowMs), weight(b, nowMs)];
  return left === right ? a.untilMs - b.untilMs : left - right;
}

/** Ips in their one spelling, so that each is one ban; node ids in lower case. */
function keyOf(target: string): string {
  return canonicalIp(target) ?? target.toLowerCase();
}
