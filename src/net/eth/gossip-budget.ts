import { type BucketRate, fullBucket, type TokenBucket, takeTokens } from '../../base/token-bucket.js';
import type { ConnId } from '../io.js';

/** Unasked bytes from one peer: 2 MiB/s is some 15,000 transfers a second, more than a core can check. */
const GOSSIP_BYTES: BucketRate = { burst: 16 * 1024 * 1024, perSecond: 2 * 1024 * 1024 };

/** Slows down peers that send more unasked bytes than their share; it costs them time, never reputation. */
export class GossipBudget {
  readonly #pauseRead: (conn: ConnId, paused: boolean) => void;
  readonly #buckets = new Map<ConnId, TokenBucket>(); // BOUNDED: by the connections, see dropPeer
  readonly #overdrawn = new Set<ConnId>(); // BOUNDED: by #buckets

  constructor(pauseRead: (conn: ConnId, paused: boolean) => void) {
    this.#pauseRead = pauseRead;
  }

  /** Accounts for a message that was not asked for. */
  spend(nowMs: number, conn: ConnId, bytes: number): void {
    const bucket = this.#buckets.get(conn) ?? fullBucket(GOSSIP_BYTES, nowMs);
    this.#buckets.set(conn, bucket);
    takeTokens(bucket, GOSSIP_BYTES, nowMs, 0);
    bucket.tokens -= bytes;
    if (bucket.tokens > 0) return;
    this.#overdrawn.add(conn);
    this.#pauseRead(conn, true);
  }

  tick(nowMs: number): void {
    for (const conn of this.#overdrawn) {
      const bucket = this.#buckets.get(conn);
      if (bucket !== undefined) takeTokens(bucket, GOSSIP_BYTES, nowMs, 0);
      if (bucket === undefined || bucket.tokens > 0) {
        this.#overdrawn.delete(conn);
        this.#pauseRead(conn, false);
      }
    }
  }

  nextWake(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const conn of this.#overdrawn) {
      const bucket = this.#buckets.get(conn);
      if (bucket === undefined) continue;
      const waitMs = Math.floor((-bucket.tokens / GOSSIP_BYTES.perSecond) * 1000) + 1;
      earliest = Math.min(earliest, bucket.updatedAtMs + waitMs);
    }
    return earliest;
  }

  dropPeer(conn: ConnId): void {
    this.#buckets.delete(conn);
    this.#overdrawn.delete(conn);
  }
}
