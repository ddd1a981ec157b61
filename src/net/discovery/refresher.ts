import type { PublicKey } from '../../base/brand.js';
import { toPublicKey } from '../../base/hex.js';
import type { Random } from '../../ports/random.js';
import type { Bootstrap } from './bootstrap.js';
import type { Client } from './client.js';
import type { Lookups } from './lookups.js';
import { NEARLY_EMPTY, RefreshSchedule } from './refresh-schedule.js';
import type { NodeTable } from './table.js';

/** Lookups for random keys in a refresh: they widen a table that has been full for a while. A young one lacks neighbours. */
const RANDOM_LOOKUPS = 3;

/** What the refresher needs from the rest of discovery. */
export interface RefresherDeps {
  readonly self: PublicKey;
  readonly random: Random;
  readonly table: NodeTable;
  readonly client: Client;
  readonly lookups: Lookups;
  readonly bootstrap: Bootstrap;
  /** A refresh is over. */
  readonly onRefreshed: (nowMs: number) => void;
}

/**
 * Fills the table: a nearly empty one from bootnodes and nodes known before, then by looking for ourselves, which makes
 * our neighbours known to us and us to them, and for random keys.
 */
export class Refresher {
  readonly #deps: RefresherDeps;
  readonly #schedule: RefreshSchedule;
  /** The next refresh is to find others than our neighbours, too. */
  #widely = false;

  constructor(deps: RefresherDeps) {
    this.#deps = deps;
    this.#schedule = new RefreshSchedule(deps.random);
  }

  start(nowMs: number): void {
    this.#schedule.now(nowMs);
    this.tick(nowMs);
  }

  /** The table has changed, or there are new nodes to start from: a nearly empty one is refreshed soon. */
  onChange(nowMs: number): void {
    if (this.#deps.table.size < NEARLY_EMPTY) this.#schedule.soon(nowMs);
  }

  /** Others may be found than the last time: refreshes now, unless that is being done. */
  again(nowMs: number): void {
    if (this.#schedule.nextWake() === Number.POSITIVE_INFINITY) return;
    this.#widely = true;
    this.#schedule.now(nowMs);
  }

  tick(nowMs: number): void {
    if (this.#schedule.nextWake() > nowMs) return;
    this.#schedule.began();
    const { bootstrap, client, table } = this.#deps;
    const nearlyEmpty = table.size < NEARLY_EMPTY;
    const candidates = nearlyEmpty
      ? bootstrap.candidates().filter(({ nodeId }) => table.get(nodeId) === undefined)
      : [];
    // The first to answer is enough to begin with; without any, the table is all there is.
    let outstanding = candidates.length;
    let looking = false;
    const settled = (atMs: number, answered: boolean): void => {
      outstanding--;
      if (looking || !(answered || outstanding <= 0)) return;
      looking = true;
      this.#look(atMs);
    };
    if (outstanding === 0) settled(nowMs, false);
    for (const node of candidates) client.ping(nowMs, node, true, (atMs, pong) => settled(atMs, pong !== undefined));
  }

  nextWake(): number {
    return this.#schedule.nextWake();
  }

  #look(nowMs: number): void {
    const { lookups, onRefreshed, random, self, table } = this.#deps;
    const targets = [self, ...Array.from({ length: this.#randomLookups() }, () => toPublicKey(random.bytes(64)))];
    this.#widely = false;
    let running = targets.length;
    for (const target of targets) {
      lookups.start(nowMs, target, (doneAtMs) => {
        if (--running > 0) return;
        onRefreshed(doneAtMs);
        this.#schedule.ended(doneAtMs, table.size);
      });
    }
  }

  #randomLookups(): number {
    const young = this.#deps.table.size < NEARLY_EMPTY || this.#schedule.isYoung();
    return young && !this.#widely ? 0 : RANDOM_LOOKUPS;
  }
}
