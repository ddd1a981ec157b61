import { decodeHeader, type SealedHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import { headerVerdict } from '../header-verdict.js';
import { knownInvalidFault } from '../invalid-block.js';
import type { RequestFailure } from '../requests.js';
import type { SyncDeps } from './deps.js';

/** Headers in one question: checking them takes some milliseconds, and four of these keep the wire busy meanwhile. */
const BATCH = 256;
const MAX_IN_FLIGHT = 4;
/** A batch that timed out is asked for once more before the peer is given up. */
const MAX_ATTEMPTS = 2;

/** Why no more headers come. */
export type FeedEnd =
  /** The target's number is reached. */
  | 'complete'
  /** The peer has no more. */
  | 'short'
  /** The next header is ahead of our clock. */
  | 'future'
  /** The next headers don't follow from the last ones: the peer's chain changed between two answers. */
  | 'moved'
  /** A header breaks a rule; reported. */
  | 'invalid'
  /** A reply was wrong; reported. */
  | 'bad-reply'
  | 'timeout'
  | 'gone';

/** What the feed asks of and tells its owner. */
export interface FeedHandler {
  /** How many more headers its owner can take; those asked for and not yet given out count against it. */
  room(): number;
  /** Takes the next valid header; the work is that of the chain up to it. False ends the feed silently. */
  onHeader(nowMs: number, header: SealedHeader, totalDifficulty: bigint): boolean;
  /** Called once, last, unless the feed was stopped. */
  onEnd(nowMs: number, end: FeedEnd): void;
}

interface Batch {
  readonly from: number;
  readonly count: number;
  readonly attempt: number;
  items: readonly Uint8Array[] | undefined;
}

/** One peer's headers from an ancestor to a target, asked for in parallel, checked in order against all header rules. */
export class HeaderFeed {
  readonly #deps: SyncDeps;
  readonly #conn: ConnId;
  readonly #target: number;
  readonly #handler: FeedHandler;
  readonly #batches: Batch[] = []; // BOUNDED: by MAX_IN_FLIGHT; in rising order
  #last: SealedHeader;
  #total: bigint;
  #nextFrom: number;
  #ended = false;

  constructor(
    deps: SyncDeps,
    options: {
      readonly conn: ConnId;
      readonly ancestor: SealedHeader;
      readonly ancestorTotal: bigint;
      /** The number of the last header wanted. */
      readonly target: number;
    },
    handler: FeedHandler,
  ) {
    this.#deps = deps;
    this.#conn = options.conn;
    this.#target = options.target;
    this.#handler = handler;
    this.#last = options.ancestor;
    this.#total = options.ancestorTotal;
    this.#nextFrom = options.ancestor.header.number + 1;
  }

  /** Ends the feed; no handler is called any more. */
  stop(): void {
    this.#ended = true;
  }

  /** Asks for more as far as there is room. Call it whenever room was made. */
  pump(nowMs: number): void {
    while (!this.#ended && this.#batches.length < MAX_IN_FLIGHT && this.#nextFrom <= this.#target) {
      const asked = this.#nextFrom - this.#last.header.number - 1;
      const count = Math.min(BATCH, this.#target - this.#nextFrom + 1, this.#handler.room() - asked);
      // A small remainder waits for more room, so that questions stay worth their round trip.
      if (count <= 0 || (count < BATCH && this.#nextFrom + count <= this.#target)) return;
      const batch = { from: this.#nextFrom, count, attempt: 1, items: undefined };
      if (!this.#ask(nowMs, batch)) return;
      this.#batches.push(batch);
      this.#nextFrom += count;
    }
  }

  #ask(nowMs: number, batch: Batch): boolean {
    const query = {
      origin: { kind: 'number', number: batch.from },
      amount: batch.count,
      skip: 0,
      reverse: false,
    } as const;
    return this.#deps.requests.headers(nowMs, this.#conn, query, {
      onReply: (at, items) => {
        if (this.#ended) return;
        batch.items = items;
        this.#process(at);
      },
      onFailure: (at, failure) => {
        if (!this.#ended) this.#onFailure(at, batch, failure);
      },
    });
  }

  #onFailure(nowMs: number, batch: Batch, failure: RequestFailure): void {
    if (failure === 'timeout' && batch.attempt < MAX_ATTEMPTS) this.#replace(nowMs, batch, batch.from, batch.count);
    else this.#end(nowMs, failure);
  }

  /** Asks again for what is left of a batch, in its place. */
  #replace(nowMs: number, old: Batch, from: number, count: number): void {
    const isRetry = from === old.from;
    const batch: Batch = { from, count, attempt: isRetry ? old.attempt + 1 : 1, items: undefined };
    this.#batches[this.#batches.indexOf(old)] = batch;
    if (!this.#ask(nowMs, batch)) this.#end(nowMs, 'timeout');
  }

  /** Gives out the headers of the answers that are next in order. */
  #process(nowMs: number): void {
    for (let batch = this.#batches[0]; batch?.items !== undefined && !this.#ended; batch = this.#batches[0]) {
      const { items } = batch;
      if (items.length === 0) {
        this.#end(nowMs, 'short');
        return;
      }
      for (const [i, item] of items.entries()) {
        if (!this.#accept(nowMs, decodeHeader(item), i === 0)) return;
      }
      if (items.length < batch.count) {
        this.#replace(nowMs, batch, batch.from + items.length, batch.count - items.length);
      } else {
        this.#batches.shift();
      }
      if (this.#last.header.number >= this.#target) this.#end(nowMs, 'complete');
    }
    this.pump(nowMs);
  }

  /** Checks one header and gives it out; false if the feed ended with it. */
  #accept(nowMs: number, header: SealedHeader, isFirst: boolean): boolean {
    const { chain, peers } = this.#deps;
    if (header.header.number !== this.#last.header.number + 1) {
      const detail = `header ${header.header.number} where ${this.#last.header.number + 1} was asked`;
      peers.fault(nowMs, this.#conn, { code: 'reply-mismatch', request: 'headers', detail });
      return this.#end(nowMs, 'bad-reply');
    }
    if (header.header.parentHash !== this.#last.hash) {
      // Between two answers an honest peer may have switched chains; within one it can't have.
      if (isFirst) return this.#end(nowMs, 'moved');
      peers.fault(nowMs, this.#conn, { code: 'reply-mismatch', request: 'headers', detail: 'not linked' });
      return this.#end(nowMs, 'bad-reply');
    }
    const verdict = headerVerdict(chain, header, this.#last, nowMs);
    if (verdict.kind === 'future') return this.#end(nowMs, 'future');
    if (verdict.kind === 'wrong' || chain.isInvalid(header.hash)) {
      peers.fault(nowMs, this.#conn, verdict.kind === 'wrong' ? verdict.fault : knownInvalidFault(header.hash));
      return this.#end(nowMs, 'invalid');
    }
    this.#last = header;
    this.#total += header.header.difficulty;
    if (this.#handler.onHeader(nowMs, header, this.#total)) return true;
    this.#ended = true;
    return false;
  }

  #end(nowMs: number, end: FeedEnd): false {
    if (!this.#ended) {
      this.#ended = true;
      this.#handler.onEnd(nowMs, end);
    }
    return false;
  }
}
