import type { NodeId } from '../../base/brand.js';
import type { DisconnectReason } from '../../wire/p2p/disconnect.js';
import { type Ban, BanList } from './banlist.js';
import { describeFault, type Fault } from './fault.js';
import { PENALTIES } from './penalty.js';
import { Reputation, type Score, type Standing, standingOf } from './reputation.js';

/** What follows from a fault. */
export interface Consequence {
  readonly score: number;
  /** The connection ends with this reason; undefined: it goes on. */
  readonly disconnect: DisconnectReason | undefined;
  readonly backOffMs: number;
  /** The ban that it led to. */
  readonly ban: Ban | undefined;
}

/** Why someone is kept out. */
export type BarredBy = { readonly kind: 'ban'; readonly ban: Ban } | { readonly kind: 'score'; readonly score: number };

/** A score this low keeps a node away for a while (the ban begins further down). */
const LOW_SCORE_BACK_OFF_MS = 15 * 60_000;

/** Who did what, what it cost, and who is out: the price list, the scores and the bans behind one door. */
export class Conduct {
  readonly bans: BanList;
  readonly #reputation: Reputation;

  constructor(bans = new BanList(), reputation = new Reputation()) {
    this.bans = bans;
    this.#reputation = reputation;
  }

  /** Charges a fault to an identity that proved its key. `exempt` (trusted) peers are never banned. */
  charge(nowMs: number, id: NodeId, fault: Fault, exempt: boolean): Consequence {
    const penalty = PENALTIES[fault.code];
    const text = describeFault(fault);
    const score = this.#reputation.charge(nowMs, id, penalty.class, penalty.points, text);
    // A free fault does not bring an old record to bear: what was tolerated before it still is.
    const standing: Standing = penalty.points === 0 ? 'good' : standingOf(score);
    const low = !exempt && (standing === 'disconnect' || standing === 'ban');
    return {
      score,
      disconnect: penalty.disconnect ?? (low ? 'protocol-breach' : undefined),
      backOffMs: low ? Math.max(LOW_SCORE_BACK_OFF_MS, penalty.backOffMs) : penalty.backOffMs,
      ban: standing === 'ban' && !exempt ? this.bans.strike(nowMs, id, text) : undefined,
    };
  }

  /** Why this identity may not be our peer now; undefined if it may. */
  barred(nowMs: number, id: NodeId): BarredBy | undefined {
    const ban = this.bans.find(nowMs, id);
    if (ban !== undefined) return { kind: 'ban', ban };
    const score = this.#reputation.scoreOf(nowMs, id);
    const standing = standingOf(score);
    return standing === 'disconnect' || standing === 'ban' ? { kind: 'score', score } : undefined;
  }

  /** True if it may connect but is not sought: not dialed, first to make room. */
  isDiscouraged(nowMs: number, id: NodeId): boolean {
    return this.#reputation.standing(nowMs, id) !== 'good';
  }

  scoreOf(nowMs: number, id: NodeId): number {
    return this.#reputation.scoreOf(nowMs, id);
  }

  /** All scores below zero, worst first. */
  scores(nowMs: number): Score[] {
    return this.#reputation.scores(nowMs);
  }

  /** Lifts a ban and forgets the score of its target; false if neither was there. */
  pardon(nowMs: number, target: string): boolean {
    const lifted = this.bans.lift(nowMs, target);
    return this.#reputation.clear(target as NodeId) || lifted;
  }
}
