import { TtlMap } from '../../base/bounded.js';
import type { SocketAddress } from '../../types/endpoint.js';
import { addressKey } from './bonds.js';

/** How long a statement counts. */
export const VOTE_LIFETIME_MS = 5 * 60_000;
/** Voters that must agree, each of another subnet: fewer could be one attacker with a few addresses (A14). */
export const MIN_VOTES = 10;
/** Voters heard at once; the oldest is forgotten first. */
const MAX_VOTERS = 128;

/**
 * Our own address as others see it. A pong names the address that our ping came from; what enough of them agree on, and
 * more than half of all that spoke, is taken for true.
 */
export class EndpointVotes {
  readonly #votes = new TtlMap<string, SocketAddress>(MAX_VOTERS);

  /** `voter` is the subnet of whoever states that we are at `address`; its earlier statement is replaced. */
  add(nowMs: number, voter: string, address: SocketAddress): void {
    this.#votes.set(voter, address, nowMs + VOTE_LIFETIME_MS);
  }

  /** The address that won; undefined if none did. */
  winner(nowMs: number): SocketAddress | undefined {
    this.#votes.prune(nowMs);
    const counts = new Map<string, { readonly address: SocketAddress; votes: number }>(); // BOUNDED: by MAX_VOTERS
    for (const address of this.#votes.values()) {
      const count = counts.get(addressKey(address)) ?? { address, votes: 0 };
      count.votes++;
      counts.set(addressKey(address), count);
    }
    const total = this.#votes.size;
    return [...counts.values()].find(({ votes }) => votes >= MIN_VOTES && votes > total / 2)?.address;
  }
}
