import type { NodeId } from '../../../base/brand.js';
import type { Random } from '../../../ports/random.js';
import type { AddressBook } from '../address-book.js';
import type { DialPurpose } from '../connection.js';
import type { DialNode } from '../dial-node.js';
import { type DialContext, mayRejoin } from './choose-dials.js';
import { DialScheduler } from './dial-scheduler.js';
import { MissingPeers } from './missing-peers.js';
import { SettlingIn } from './settling-in.js';

/** A dial to be made, and what for. */
export interface Dial {
  readonly node: DialNode;
  readonly purpose: DialPurpose;
}

/** What {@link Dialing} works with. */
export interface DialingDeps {
  readonly random: Random;
  readonly book: AddressBook;
  /** Looks for nodes that are not known yet. */
  readonly seek: (nowMs: number) => void;
  /** False while the peers that we have are needed as they are. */
  readonly mayExchange: () => boolean;
}

/**
 * Whom to dial, when, and what for: free slots, peers that a cut of the network took, the exchanges of a node that settles in. The candidates are
 * shared with the manager of connections, which tells them how dials end.
 */
export class Dialing {
  readonly #deps: DialingDeps;
  readonly #dialBook: boolean;
  readonly #context: DialContext;
  readonly #scheduler: DialScheduler;
  readonly #missing: MissingPeers;
  readonly #settlingIn: SettlingIn;

  /** Without `dialBook` (`--nodiscover`) only static and trusted peers are dialed, and peers that were lost. */
  constructor(deps: DialingDeps, dialBook: boolean, context: DialContext) {
    const { random, book, seek } = deps;
    this.#deps = deps;
    this.#dialBook = dialBook;
    this.#context = context;
    this.#missing = new MissingPeers(random.fork('missing'));
    this.#settlingIn = new SettlingIn(random.fork('settling-in'), book, context);
    this.#scheduler = new DialScheduler(book, dialBook, context, seek);
  }

  /** The node starts now: it settles in if it may dial nodes of its book, and has reached none of them before. */
  start(nowMs: number): void {
    if (this.#dialBook) this.#settlingIn.start(nowMs);
  }

  /**
   * The dials to make now: those for free slots, chosen together, then one that rejoins and one that replaces. These see what is under way, so each
   * is to be made before the next is asked for; and all are to be asked for.
   */
  *next(nowMs: number): Generator<Dial> {
    for (const node of this.#scheduler.next(nowMs)) yield { node, purpose: { kind: 'fill' } };
    const missing = this.#missing.take(nowMs, (node) => mayRejoin(nowMs, this.#context, node));
    if (missing !== undefined) yield { node: missing, purpose: { kind: 'rejoin' } };
    const exchange = this.#settlingIn.take(nowMs);
    if (exchange === undefined || !this.#deps.mayExchange()) return;
    const { node, leaving } = exchange;
    const { candidates } = this.#context;
    if (!candidates.has(node.nodeId) && candidates.offer(nowMs, node) !== undefined) return;
    yield { node, purpose: { kind: 'replace', leaving } };
  }

  /** When `next` may have somebody. */
  nextWake(): number {
    return Math.min(this.#scheduler.nextWake(), this.#missing.nextWake(), this.#settlingIn.nextWake());
  }

  /** True while there are slots for peers of our own choice. */
  wantsNodes(): boolean {
    return this.#scheduler.wantsNodes();
  }

  /** A node proved its key. Returned if a cut of the network had taken it: others that were silent may be there again, too. */
  onFound(nowMs: number, id: NodeId): DialNode | undefined {
    const found = this.#missing.onFound(nowMs, id);
    if (found !== undefined) this.#context.candidates.forgiveSilence(nowMs);
    return found;
  }

  /** A peer fell silent and `left` others are there still. `node` is undefined if it had dialed us (where it listens is not known), or is exempt. */
  onSilence(nowMs: number, node: DialNode | undefined, left: number): void {
    this.#missing.onSilence(nowMs, node, left);
  }

  /** Drops a node from everything that would dial it again. */
  forget(id: NodeId): void {
    this.#context.candidates.remove(id);
    this.#deps.book.forget(id);
    this.#missing.forget(id);
  }
}
