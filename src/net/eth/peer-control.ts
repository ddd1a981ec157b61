import type { DisconnectReason } from '../../wire/p2p/disconnect.js';
import type { Fault } from '../defense/fault.js';
import type { ConnId } from '../io.js';

/** Something useful that a peer did; what it earns is decided by the owner of the reputation ledger. */
export type Merit =
  /** The first to bring us a block that became canonical. */
  | { readonly kind: 'first-block' }
  /** Delivered `count` transactions that the pool took. */
  | { readonly kind: 'transactions'; readonly count: number }
  /** Delivered `bytes` of bodies that fit their headers. */
  | { readonly kind: 'sync-data'; readonly bytes: number };

/** What the eth protocol asks of the connections. Every method is a no-op for a connection that is gone. */
export interface PeerControl {
  /** Sends a message by its code within eth (0x00 for Status); the session adds the capability's offset. */
  send(conn: ConnId, code: number, payload: Uint8Array): void;
  /** Reports what the peer did wrong. It may lead to `onPeerGone`, but never within this call. */
  fault(nowMs: number, conn: ConnId, fault: Fault): void;
  /** Reports what the peer did well. */
  merit(nowMs: number, conn: ConnId, merit: Merit): void;
  /** Ends the connection. `onPeerGone` follows, but never within this call. */
  disconnect(nowMs: number, conn: ConnId, reason: DisconnectReason): void;
  /** `paused`: read no more from this peer until called with false; messages already read still arrive. */
  setReadPaused(conn: ConnId, paused: boolean): void;
  /** False while what was sent to this peer piles up unread; `onPeerWritable` tells when that is over. */
  isWritable(conn: ConnId): boolean;
  /** The last round trip that was measured; undefined before the first. */
  rttMs(conn: ConnId): number | undefined;
}
