import type { ConnId } from '../io.js';
import type { EthPeer } from './peer.js';

/** Whoever wants the block asks for it within a round trip and this. */
const SLACK_MS = 50;

/**
 * Who is told of a large block when. Told all at once they would all ask at once, and wait for each other, while others have idle lines. So a
 * few are told, and the next one whenever one of them was sent its copy, or did not ask in time because it has the block from elsewhere.
 */
export class BlockOffers {
  /** Those not told yet, in order. BOUNDED: by the connections */
  readonly waiting: EthPeer[];
  /** When the offer to each is over. BOUNDED: by #most in next */
  readonly #open = new Map<ConnId, number>();
  readonly #most: number;

  /** At most `most` are told at a time. */
  constructor(waiting: EthPeer[], most: number) {
    this.waiting = waiting;
    this.#most = most;
  }

  /** Who is to be told now. */
  next(nowMs: number): EthPeer | undefined {
    for (const [conn, untilMs] of this.#open) if (untilMs <= nowMs) this.#open.delete(conn);
    return this.#open.size < this.#most ? this.waiting.shift() : undefined;
  }

  /** Takes note that a peer was told: the announcement leaves at `leavesMs`. */
  made(conn: ConnId, leavesMs: number, rttMs: number): void {
    this.#open.set(conn, leavesMs + rttMs + SLACK_MS);
  }

  /** Takes note that a peer asked for the block, and that its copy has left at `untilMs`. */
  taken(conn: ConnId, untilMs: number): void {
    if (this.#open.has(conn)) this.#open.set(conn, untilMs);
  }

  isOver(): boolean {
    return this.waiting.length === 0;
  }

  /** When the next one is told; Infinity if there is none. */
  nextAtMs(): number {
    return this.isOver() ? Number.POSITIVE_INFINITY : Math.min(...this.#open.values());
  }
}
