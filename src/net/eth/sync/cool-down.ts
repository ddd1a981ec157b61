import type { ConnId } from '../../io.js';
import type { Blame } from './deps.js';

/** A first pause; each further failure of the same peer doubles it. */
const SLOW_MS = 5000;
/** Whoever served wrong data has been reported; if it stays connected, others go first for a long while. */
const LIAR_MS = 120_000;
const MAX_MS = 600_000;
/** After a failure that is nobody's: lets the chain settle, and keeps retries from spinning. */
const NOBODY_MS = 500;

interface Record {
  strikes: number;
  untilMs: number;
}

/** Which peers a sync leaves alone for a while, so that one that leads nowhere does not keep others from their turn. */
export class CoolDowns {
  readonly #records = new Map<ConnId, Record>(); // BOUNDED: by the connections, see dropPeer

  /** Failures of this peer since its last success: fewer go first. */
  strikes(conn: ConnId): number {
    return this.#records.get(conn)?.strikes ?? 0;
  }

  /** Until when the peer is left alone, in ms; 0 if it is not. */
  untilMs(conn: ConnId): number {
    return this.#records.get(conn)?.untilMs ?? 0;
  }

  noteSuccess(conn: ConnId): void {
    this.#records.delete(conn);
  }

  noteFailure(nowMs: number, conn: ConnId, blame: Blame): void {
    const strikes = this.strikes(conn) + (blame === 'nobody' ? 0 : 1);
    const pauseMs =
      blame === 'nobody' ? NOBODY_MS : Math.min(MAX_MS, (blame === 'liar' ? LIAR_MS : SLOW_MS) * 2 ** (strikes - 1));
    this.#records.set(conn, { strikes, untilMs: nowMs + pauseMs });
  }

  dropPeer(conn: ConnId): void {
    this.#records.delete(conn);
  }
}
