import { g16, g24 } from '../../defense/diversity.js';

/** How many members one /16 has; the same object for as long as it has any. */
export interface Crowd {
  readonly size: number;
}

/** How many members of something bounded each subnet has. */
export class SubnetCrowds {
  // BOUNDED: all three by the members.
  readonly #near = new Map<string, number>();
  readonly #wide = new Map<string, { size: number }>();
  /** How many /16s have so many members, by that number; of no meaning at 0. */
  readonly #sizes: number[] = [];

  /** Members in the /24 (IPv6 /48) of `ip`. */
  near(ip: string): number {
    return this.#near.get(g24(ip)) ?? 0;
  }

  /** Members in the /16 (IPv6 /32) of `ip`. */
  wide(ip: string): number {
    return this.#wide.get(g16(ip))?.size ?? 0;
  }

  /** Members in the /16 that has most. */
  largest(): number {
    return Math.max(0, this.#sizes.length - 1);
  }

  /** Counts a member at `ip`; returns those of its /16. */
  add(ip: string): Crowd {
    this.#near.set(g24(ip), this.near(ip) + 1);
    const crowd = this.#wide.get(g16(ip)) ?? { size: 0 };
    this.#wide.set(g16(ip), crowd);
    this.#resize(crowd, 1);
    return crowd;
  }

  /** A member that was added at `ip` has left. */
  remove(ip: string): void {
    const near = this.near(ip) - 1;
    if (near > 0) this.#near.set(g24(ip), near);
    else this.#near.delete(g24(ip));
    const crowd = this.#wide.get(g16(ip));
    if (crowd === undefined) return;
    this.#resize(crowd, -1);
    if (crowd.size === 0) this.#wide.delete(g16(ip));
  }

  #resize(crowd: { size: number }, change: 1 | -1): void {
    const sizes = this.#sizes;
    if (crowd.size > 0) sizes[crowd.size] = (sizes[crowd.size] ?? 1) - 1;
    crowd.size += change;
    if (crowd.size > 0) sizes[crowd.size] = (sizes[crowd.size] ?? 0) + 1;
    while (sizes.length > 1 && sizes.at(-1) === 0) sizes.pop();
  }
}
