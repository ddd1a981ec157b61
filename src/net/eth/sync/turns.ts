import type { Hash32 } from '../../../base/brand.js';
import type { ConnId } from '../../io.js';
import type { EthPeer } from '../peer.js';
import { CoolDowns } from './cool-down.js';
import type { Blame } from './deps.js';

/** A peer to sync from, and the head of its that is wanted. */
export interface Goal {
  readonly conn: ConnId;
  readonly hash: Hash32;
}

/** Whose turn it is, and when the first that is left alone for now gets one. */
export interface NextTurn {
  readonly goal: Goal | undefined;
  readonly recheckAtMs: number;
}

/**
 * Which peer is synced from next. As long as syncs bring blocks it is the heaviest claim among those that failed least.
 * But a claim costs nothing: after a sync that came to nothing, or that took its time while others waited, it is whoever has kept its word before, then who has
 * waited longest, so that one attacker's many identities, or one that keeps coming back, queue up behind everybody else.
 */
export class Turns {
  readonly #coolDowns = new CoolDowns();
  // BOUNDED: by the connections, see dropPeer; who has waited longest is first.
  readonly #queue = new Set<ConnId>();
  readonly #reliable = new Set<ConnId>(); // BOUNDED: by the connections, see dropPeer
  #isFruitless = false;
  /** The next turn is that of who has waited longest. */
  #isPassedOn = false;

  /** True from a sync that came to nothing until one brings a block. */
  get isFruitless(): boolean {
    return this.#isFruitless;
  }

  /** Until when the peer is left alone, in ms; 0 if it is not. */
  untilMs(conn: ConnId): number {
    return this.#coolDowns.untilMs(conn);
  }

  /** A peer is there: it comes after those that wait already. */
  add(conn: ConnId): void {
    this.#queue.add(conn);
  }

  /** Gives the next turn to one of `peers`; `goalOf` tells what of a peer is worth a sync. */
  next(nowMs: number, peers: Iterable<EthPeer>, goalOf: (peer: EthPeer) => Hash32 | undefined): NextTurn {
    let recheckAtMs = Number.POSITIVE_INFINITY;
    const candidates: { readonly goal: Goal; readonly work: bigint }[] = []; // BOUNDED: by the connections
    for (const peer of peers) {
      const { conn } = peer;
      const hash = goalOf(peer);
      if (hash === undefined) continue;
      const untilMs = this.untilMs(conn);
      if (untilMs > nowMs) recheckAtMs = Math.min(recheckAtMs, untilMs);
      else candidates.push({ goal: { conn, hash }, work: peer.claim.totalDifficulty });
    }
    const isInTurn = this.#isFruitless || this.#isPassedOn;
    const best = isInTurn ? this.#longestWaiting(candidates) : this.#heaviest(candidates);
    if (best === undefined) return { goal: undefined, recheckAtMs };
    this.#isPassedOn = false;
    return { goal: best, recheckAtMs };
  }

  /** The peer has had its turn, and others wait for theirs. */
  passOn(nowMs: number, conn: ConnId): void {
    this.noteFailure(nowMs, conn, 'nobody');
    this.#isPassedOn = true;
  }

  /** A sync came to nothing. */
  noteFruitless(): void {
    this.#isFruitless = true;
  }

  /** A sync brought a block. */
  noteBlock(): void {
    this.#isFruitless = false;
  }

  /** The peer showed what it had claimed. */
  noteSuccess(conn: ConnId): void {
    this.#coolDowns.noteSuccess(conn);
    this.#reliable.add(conn);
    this.#requeue(conn);
  }

  noteFailure(nowMs: number, conn: ConnId, blame: Blame): void {
    this.#coolDowns.noteFailure(nowMs, conn, blame);
    if (blame !== 'nobody') this.#reliable.delete(conn);
    this.#requeue(conn);
  }

  dropPeer(conn: ConnId): void {
    this.#coolDowns.dropPeer(conn);
    this.#queue.delete(conn);
    this.#reliable.delete(conn);
  }

  /** Whoever came while it had its turn goes before it. */
  #requeue(conn: ConnId): void {
    if (this.#queue.delete(conn)) this.#queue.add(conn);
  }

  /** Of equals the oldest connection. */
  #heaviest(candidates: readonly { readonly goal: Goal; readonly work: bigint }[]): Goal | undefined {
    let best: { readonly goal: Goal; readonly strikes: number; readonly work: bigint } | undefined;
    for (const { goal, work } of candidates) {
      const strikes = this.#coolDowns.strikes(goal.conn);
      if (best !== undefined && (strikes > best.strikes || (strikes === best.strikes && work <= best.work))) continue;
      best = { goal, strikes, work };
    }
    return best?.goal;
  }

  #longestWaiting(candidates: readonly { readonly goal: Goal }[]): Goal | undefined {
    const goals = new Map(candidates.map(({ goal }) => [goal.conn, goal]));
    const waiting = [...this.#queue].filter((conn) => goals.has(conn));
    const conn = waiting.find((one) => this.#reliable.has(one)) ?? waiting[0];
    return conn === undefined ? undefined : goals.get(conn);
  }
}
