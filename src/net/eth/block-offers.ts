import type { ConnId } from '../io.js';
import type { EthPeer } from './peer.js';

/** Whoever wants the block asks for it within a round trip and this. */
const SLACK_MS = 20;
/**
 * The line may have so much to send, with what the open offers are expected to add: as long as whoever asks waits for one announcer alone
 * (HEDGE_MS in block-fetcher.ts). With less, more blocks go to those who have them; with more, the last ones come late.
 */
const BUSY_MS = 500;
/** But so many copies in any case. */
const LEAST_COPIES = 2;
/** No more are told at a time, however few of them are expected to ask. */
const MOST_OPEN = 32;
/** What is expected at first counts as much as so many answers. */
const PRIOR_ANSWERS = 8;

/**
 * Who is told of a large block when. Told all at once they would all ask at once, and wait for each other, while others have idle lines. So as many
 * are told as keep the line busy and no more: few while everybody asks, ever more at a time as most have the block from elsewhere.
 */
export class BlockOffers {
  /** Those not told yet, in order. BOUNDED: by the connections */
  readonly waiting: EthPeer[];
  /** Who may still ask, until when. BOUNDED: by MOST_OPEN in next */
  readonly #open = new Map<ConnId, number>();
  readonly #copyMs: number;
  readonly #busyMs: number;
  /** Offers that somebody took, or let pass; with the prior they give the share that is taken. */
  #taken: number;
  #passed: number;

  /** `copyMs` is the time that the line takes for one copy, `takenShare` the share of those waiting that is expected to ask. */
  constructor(waiting: EthPeer[], copyMs: number, takenShare: number) {
    this.waiting = waiting;
    this.#copyMs = copyMs;
    this.#busyMs = Math.max(BUSY_MS, LEAST_COPIES * copyMs);
    this.#taken = PRIOR_ANSWERS * takenShare;
    this.#passed = PRIOR_ANSWERS - this.#taken;
  }

  /** Who is to be told now; `freeAtMs` is when the line has sent all that was given to it. */
  next(nowMs: number, freeAtMs: number): EthPeer | undefined {
    for (const [conn, untilMs] of this.#open) {
      if (untilMs > nowMs) continue;
      this.#open.delete(conn);
      this.#passed++;
    }
    return this.#roomAtMs(freeAtMs) <= nowMs ? this.waiting.shift() : undefined;
  }

  /** Takes note that a peer was told: the announcement leaves at `leavesMs`. */
  made(conn: ConnId, leavesMs: number, rttMs: number): void {
    this.#open.set(conn, leavesMs + rttMs + SLACK_MS);
  }

  /** Takes note that a peer asked for the block. */
  taken(conn: ConnId): void {
    if (this.#open.delete(conn)) this.#taken++;
  }

  isOver(): boolean {
    return this.waiting.length === 0;
  }

  /** When the next one is told; Infinity if there is none. */
  nextAtMs(freeAtMs: number): number {
    return this.isOver() ? Number.POSITIVE_INFINITY : Math.min(this.#roomAtMs(freeAtMs), ...this.#open.values());
  }

  /** When the line has room for what one more offer may add to it; Infinity as long as the open ones may fill it. */
  #roomAtMs(freeAtMs: number): number {
    const expectedMs = (this.#open.size * this.#copyMs * this.#taken) / (this.#taken + this.#passed);
    const isFull = this.#open.size >= MOST_OPEN || expectedMs >= this.#busyMs;
    return isFull ? Number.POSITIVE_INFINITY : freeAtMs + expectedMs - this.#busyMs;
  }
}
