import type { BanList } from '../defense/banlist.js';
import { InboundLimiter, type InboundRefusal, MAX_PENDING } from '../defense/rate-limit.js';
import type { Connection } from './connection.js';
import type { IpFilter } from './net-restrict.js';

/** What a stranger's address decides, before any cryptography: cheapest check first. */
export class InboundGate {
  readonly #bans: BanList;
  readonly #mayReach: IpFilter;
  readonly #limiter: InboundLimiter;

  constructor(bans: BanList, mayReach: IpFilter, loopbackRoutable: boolean) {
    this.#bans = bans;
    this.#mayReach = mayReach;
    this.#limiter = new InboundLimiter(loopbackRoutable);
  }

  /** Why a connection from `ip` is closed at once; undefined if its handshake may begin beside the pending ones. */
  refusal(
    nowMs: number,
    ip: string,
    pending: readonly Connection[],
  ): InboundRefusal | 'restricted' | 'banned' | undefined {
    if (!this.#mayReach(ip)) return 'restricted';
    if (this.#bans.find(nowMs, ip) !== undefined) return 'banned';
    const addresses = pending.map(({ session }) => ({ ip: session.config.remote.ip }));
    return this.#limiter.admit(nowMs, ip, addresses);
  }
}

/**
 * Whose handshake ends to make room for a newcomer: the oldest that is still silent, else the oldest. Silence must not
 * lock the door (slow-loris). Undefined while there is room. `pending` is in order of arrival.
 */
export function toShed(pending: readonly Connection[]): Connection | undefined {
  if (pending.length < MAX_PENDING) return undefined;
  return pending.find(({ session }) => session.traffic.bytesIn === 0) ?? pending[0];
}
