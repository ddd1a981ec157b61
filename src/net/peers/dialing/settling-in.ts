import type { NodeId } from '../../../base/brand.js';
import type { Random } from '../../../ports/random.js';
import type { AddressBook } from '../address-book.js';
import type { DialNode } from '../dial-node.js';
import { slotUse } from '../slots.js';
import { chosenByUs, type DialContext, mayReplace } from './choose-dials.js';

/** The first peers stay for about so long in any case, and whoever is there after so long stays as long as it likes. */
const FIRST_MS = 60_000;
const LAST_MS = 10 * 60_000;
/** A peer has its place for so many pauses between two exchanges at least. */
const LEAST_TENURE = 1.5;

/** A dial that is to end in an exchange of peers. */
export interface Exchange {
  readonly node: DialNode;
  /** Whose place `node` takes when it is a peer. */
  readonly leaving: NodeId;
}

/**
 * The first minutes of a node that starts for the first time. It chose its peers among the few whom it had met by then, as all did who came before it:
 * where all stay with those, the old nodes are full, and the young ones at the edge of the network hear of everything last. So it lets
 * nodes that it met since have the place of one of them, now and then: each place changes hands about once while the node's age
 * grows e-fold. The old peer stays until the new one is there: nothing is lost if that one is full or gone. After that, where it
 * knows whom to trust from before, and while its inbound slots are full, it keeps its peers: whoever waits for their places is not to get them.
 * Time is an argument, deadlines are data.
 */
export class SettlingIn {
  readonly #random: Random;
  readonly #book: AddressBook;
  readonly #context: DialContext;
  #sinceMs = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(random: Random, book: AddressBook, context: DialContext) {
    this.#random = random;
    this.#book = book;
    this.#context = context;
  }

  /** The node starts now. */
  start(nowMs: number): void {
    if (this.#book.recent(1)[0]?.tried === true) return;
    this.#sinceMs = nowMs;
    this.#dueAtMs = nowMs + FIRST_MS * this.#spread();
  }

  /** Whom to dial now, and for whom. */
  take(nowMs: number): Exchange | undefined {
    if (nowMs < this.#dueAtMs) return undefined;
    const ageMs = nowMs - this.#sinceMs;
    const pauseMs = ageMs / Math.max(1, this.#context.quota.dialed);
    this.#dueAtMs = ageMs < LAST_MS ? nowMs + pauseMs * this.#spread() : Number.POSITIVE_INFINITY;
    const leaving = this.#toLeave(nowMs - LEAST_TENURE * pauseMs);
    if (leaving === undefined) return undefined;
    const node = this.#book.pick((entry) => mayReplace(nowMs, this.#context, entry, leaving));
    return node && { node, leaving };
  }

  /** When `take` may have somebody. */
  nextWake(): number {
    return this.#dueAtMs;
  }

  /** Any of the chosen peers that are there since `sinceMs`; nobody while there are dialed slots for newcomers anyway, or no inbound ones. */
  #toLeave(sinceMs: number): NodeId | undefined {
    const { connections, quota } = this.#context;
    const use = slotUse(connections.claims());
    if (use.dialed !== quota.dialed || use.inbound >= quota.inbound) return undefined;
    const old = chosenByUs(connections).filter(
      ({ ready, identifiedAtMs = sinceMs }) => ready && identifiedAtMs < sinceMs,
    );
    return old[this.#random.below(Math.max(1, old.length))]?.nodeId;
  }

  /** From a half to one and a half of a pause, so that those who started together don't all go at once. */
  #spread(): number {
    return 0.5 + this.#random.float();
  }
}
