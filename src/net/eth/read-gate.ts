import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';

/** Why we stop reading from a peer: it asks faster than we answer, or it gossips more than its share. */
export type PauseReason = 'replies' | 'gossip';

/** Pauses a peer's stream as long as any reason holds. */
export class ReadGate {
  readonly #peers: PeerControl;
  readonly #paused = new Map<ConnId, Set<PauseReason>>(); // BOUNDED: by the connections, see dropPeer

  constructor(peers: PeerControl) {
    this.#peers = peers;
  }

  set(conn: ConnId, reason: PauseReason, paused: boolean): void {
    const reasons = this.#paused.get(conn);
    if (paused) {
      if (reasons === undefined) {
        this.#paused.set(conn, new Set([reason]));
        this.#peers.setReadPaused(conn, true);
      } else reasons.add(reason);
    } else if (reasons?.delete(reason) === true && reasons.size === 0) {
      this.#paused.delete(conn);
      this.#peers.setReadPaused(conn, false);
    }
  }

  dropPeer(conn: ConnId): void {
    this.#paused.delete(conn);
  }
}
