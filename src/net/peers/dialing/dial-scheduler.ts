import type { AddressBook } from '../address-book.js';
import { claimOf } from '../connection.js';
import type { DialNode } from '../dial-node.js';
import { hasDialedSlot, slotUse } from '../slots.js';
import { chooseDials, type DialContext } from './choose-dials.js';
import { SeekSchedule } from './seek-schedule.js';

/** While dialed slots are free, the book is asked this often for candidates. */
const REFILL_MS = 5_000;
/** For each free slot so many are taken from the book: some don't fit beside the others, by subnet or by id. */
const PER_SLOT = 2;
/** After so many looks at candidates that all have ids like those of our peers, one of them is better than an empty slot. */
const PATIENCE = 6;

/** Decides whom to dial and when to look again: candidates as they come, the book's nodes and a search while slots stay free. */
export class DialScheduler {
  readonly #book: AddressBook;
  readonly #dialBook: boolean;
  readonly #context: DialContext;
  readonly #seek: (nowMs: number) => void;
  readonly #seeking = new SeekSchedule();
  #refillAtMs = 0;
  /**
   * Looks that found nobody to dial though some wait, since the book last had somebody for us, nobody waited or all dialed slots were
   * filled; one less than enough after a try.
   */
  #vain = 0;

  /** `seek` looks for nodes that nobody has told us of yet. */
  constructor(book: AddressBook, dialBook: boolean, context: DialContext, seek: (nowMs: number) => void) {
    this.#seek = seek;
    this.#book = book;
    this.#dialBook = dialBook;
    this.#context = context;
  }

  /** The nodes to dial now. Cheap when nothing has changed since the last call. */
  next(nowMs: number): DialNode[] {
    // A slot that a peer leaves behind later is another story.
    if (this.#vain > 0 && this.#isFilled()) this.#vain = 0;
    if (this.#dialBook && nowMs >= this.#refillAtMs) this.#refill(nowMs);
    const { candidates } = this.#context;
    if (candidates.isChanged(nowMs)) {
      this.#refillAtMs = Math.min(this.#refillAtMs, nowMs + REFILL_MS);
      const fitting = chooseDials(nowMs, this.#context);
      if (fitting.length > 0) return fitting;
    }
    if (this.#vain < PATIENCE) return [];
    // Whoever is tried now may have no room: the next one waits for the next look only.
    this.#vain = PATIENCE - 1;
    // Those who did not fit are looked at once more.
    candidates.slotFreed();
    return chooseDials(nowMs, this.#context, true).slice(0, 1);
  }

  /** True while a dialed slot is free, or may be so again: somebody who is being dialed may not answer. */
  wantsNodes(): boolean {
    const { connections, quota } = this.#context;
    return hasDialedSlot(quota, connections.claims());
  }

  nextWake(): number {
    const refillMs = this.#dialBook ? this.#refillAtMs : Number.POSITIVE_INFINITY;
    return Math.min(this.#context.candidates.nextWake(), refillMs);
  }

  /** True if peers on our chain have all dialed slots: who has proved no more than its key may say yet that it has no room. */
  #isFilled(): boolean {
    const { connections, quota } = this.#context;
    const peers = [...connections.identified()].filter(({ ready }) => ready);
    return !hasDialedSlot(quota, peers.map(claimOf));
  }

  #refill(nowMs: number): void {
    this.#refillAtMs = nowMs + REFILL_MS;
    const { candidates, connections, quota } = this.#context;
    const opening = connections.openingDials();
    const claims = [...connections.claims(), ...opening.map(claimOf)];
    if (!hasDialedSlot(quota, claims)) {
      // Until a slot is free.
      this.#refillAtMs = Number.POSITIVE_INFINITY;
      return;
    }
    let taken = 0;
    const { dialed } = slotUse(claims);
    // All slots at once: after a restart those who come first are not those we know, but those who waited for us.
    for (let i = PER_SLOT * (quota.dialed - dialed); i > 0; i--) {
      const entry = this.#book.pick(
        ({ nodeId, endpoint }) => !candidates.has(nodeId) && candidates.hasRoomFor(endpoint.ip),
      );
      if (entry !== undefined && candidates.offer(nowMs, entry) === undefined) taken++;
    }
    // All we know are peers already, or have no room: the table is content with a handful of nodes, and we are not.
    const isStuck = taken === 0 && opening.length === 0;
    if (taken > 0 || !candidates.hasDue(nowMs)) this.#vain = 0;
    else if (isStuck) this.#vain++;
    if (isStuck && this.#seeking.take(nowMs, candidates.everOffered)) this.#seek(nowMs);
  }
}
