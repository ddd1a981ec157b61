import type { SealedHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import { headerVerdict } from '../header-verdict.js';
import { knownInvalidFault } from '../invalid-block.js';
import type { RequestFailure } from '../requests.js';
import type { SyncDeps } from './deps.js';
import { HeaderSegment } from './header-segment.js';
import { HeaderSources } from './header-sources.js';
import { type Anchor, Skeleton } from './skeleton.js';

/** Questions to one peer at a time: they keep the wire busy while an answer is checked. */
const MAX_IN_FLIGHT_PER_PEER = 4;
/** The first segment is all that the import may wait for: so many peers are asked for it at a time. */
const MAX_ASKED_AT_ONCE = 3;

/** Why no more headers come. */
export type FeedEnd =
  /** The target is reached. */
  | 'complete'
  /** Nobody has more. */
  | 'short'
  /** The next header is ahead of our clock. */
  | 'future'
  /** The next headers don't follow from the last ones: the master's chain changed between two answers. */
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
  onHeader(nowMs: number, header: SealedHeader, totalDifficulty: bigint, voucher: ConnId): boolean;
  /** Another peer is the master from now on; `out` was late or wrong. */
  onMasterOut(nowMs: number, out: ConnId, why: FeedEnd, next: ConnId): void;
  /** Called once, last, unless the feed was stopped. */
  onEnd(nowMs: number, end: FeedEnd): void;
}

/** Headers that one peer was asked for and has not answered. */
interface Question {
  readonly conn: ConnId;
  readonly from: number;
  readonly sentAtMs: number;
}

interface Task {
  readonly segment: HeaderSegment;
  questions: Question[]; // BOUNDED: by MAX_ASKED_AT_ONCE
}

/**
 * The headers from an ancestor to a target: a skeleton from one peer, the master, filled by all that have it, checked
 * in order against all header rules. Whoever is late or wrong is replaced while the others go on.
 */
export class HeaderFeed {
  readonly #deps: SyncDeps;
  readonly #handler: FeedHandler;
  readonly #sources: HeaderSources;
  readonly #skeleton: Skeleton;
  readonly #target: Anchor;
  readonly #tasks: Task[] = []; // BOUNDED: by the handler's room; in rising order
  /** The last header given out. */
  #last: SealedHeader;
  #total: bigint;
  /** The end of the last segment. */
  #planned: Anchor;
  /** Why nobody could fill a segment so far. */
  #lastFailure: FeedEnd = 'short';
  #skeletonEnd: FeedEnd | undefined;
  #pumpedAtMs = 0;
  #ended = false;

  constructor(
    deps: SyncDeps,
    range: {
      readonly ancestor: SealedHeader;
      readonly ancestorTotal: bigint;
      /** The last header wanted, by the word of the master. */
      readonly target: Anchor;
    },
    handler: FeedHandler,
  ) {
    this.#deps = deps;
    this.#handler = handler;
    this.#target = range.target;
    this.#last = range.ancestor;
    this.#total = range.ancestorTotal;
    const { voucher } = range.target;
    this.#planned = { number: range.ancestor.header.number, hash: range.ancestor.hash, voucher };
    this.#sources = new HeaderSources(deps, voucher);
    this.#skeleton = new Skeleton(
      deps,
      this.#sources,
      { ancestor: this.#planned, target: range.target },
      {
        onMasterOut: (nowMs, out, why, next) => handler.onMasterOut(nowMs, out, why, next),
        onAnchors: (nowMs) => this.pump(nowMs),
        onFailed: (nowMs, why) => {
          this.#skeletonEnd = why;
          this.pump(nowMs);
        },
      },
    );
  }

  /** Ends the feed; no handler is called any more. */
  stop(): void {
    this.#ended = true;
    this.#skeleton.stop();
  }

  /** Asks for more as far as there is room, and others where an answer is late. Call it whenever room was made. */
  pump(nowMs: number): void {
    if (this.#ended) return;
    this.#skeleton.pump(nowMs);
    if (this.#ended) return;
    this.#pumpedAtMs = nowMs;
    this.#plan();
    for (const [i, task] of this.#tasks.entries()) this.#assign(nowMs, task, i === 0);
    this.#endIfStuck(nowMs);
  }

  /** When `pump` is due though nothing happens; Infinity if never. */
  nextWake(): number {
    if (this.#ended) return Number.POSITIVE_INFINITY;
    const task = this.#tasks[0];
    return Math.min(this.#skeleton.nextWake(), task === undefined ? Number.POSITIVE_INFINITY : this.#lateAtMs(task));
  }

  dropPeer(nowMs: number, conn: ConnId): void {
    this.#skeleton.dropPeer(nowMs, conn);
    this.#sources.dropPeer(conn);
  }

  /** Makes segments of the anchors as far as there is room for their headers. */
  #plan(): void {
    let waiting = this.#planned.number - this.#last.header.number;
    for (let end = this.#skeleton.peek(); end !== undefined; end = this.#skeleton.peek()) {
      const segment = new HeaderSegment(this.#planned, end);
      if (waiting + segment.size > this.#handler.room()) return;
      this.#skeleton.take();
      this.#tasks.push({ segment, questions: [] });
      this.#planned = end;
      waiting += segment.size;
    }
  }

  /** Asks for the segment if nobody was, or if it is the first and those who were are late. */
  #assign(nowMs: number, task: Task, isFirst: boolean): void {
    const { segment, questions } = task;
    if (segment.missing === 0) return;
    const isLate = isFirst && nowMs >= this.#lateAtMs(task);
    if (questions.length > 0 && !isLate) return;
    const best = this.#freest(
      nowMs,
      questions.map(({ conn }) => conn),
    );
    if (best !== undefined) this.#ask(nowMs, best, task);
  }

  /** When somebody else is to be asked for a segment; Infinity if nobody was yet, or nobody else is there. */
  #lateAtMs({ segment, questions }: Task): number {
    const last = questions.at(-1);
    if (segment.missing === 0 || last === undefined || questions.length >= MAX_ASKED_AT_ONCE) {
      return Number.POSITIVE_INFINITY;
    }
    const lateAtMs = last.sentAtMs + this.#deps.requests.lateAfterMs(last.conn, 'headers');
    // Who was late at the last look is not asked before it answers: it is no reason to look again.
    const others = this.#sources.responsive(
      Math.max(lateAtMs, this.#pumpedAtMs),
      questions.map(({ conn }) => conn),
    );
    const isSomebodyFree = others.some((conn) => this.#sources.inFlight(conn) < MAX_IN_FLIGHT_PER_PEER);
    return isSomebodyFree ? lateAtMs : Number.POSITIVE_INFINITY;
  }

  /** Whom to ask next: the least busy of those that owe no late answer; of all, if nobody was asked yet. */
  #freest(nowMs: number, asked: readonly ConnId[]): ConnId | undefined {
    let conns = this.#sources.responsive(nowMs, asked);
    if (conns.length === 0 && asked.length === 0) conns = this.#sources.free();
    let best: ConnId | undefined;
    for (const conn of conns) {
      const inFlight = this.#sources.inFlight(conn);
      if (inFlight >= MAX_IN_FLIGHT_PER_PEER) continue;
      if (best === undefined || inFlight < this.#sources.inFlight(best)) best = conn;
    }
    return best;
  }

  #ask(nowMs: number, conn: ConnId, task: Task): void {
    const { segment } = task;
    const question: Question = { conn, from: segment.next, sentAtMs: nowMs };
    const origin = { kind: 'number', number: question.from } as const;
    const query = { origin, amount: segment.missing, skip: 0, reverse: false };
    const close = (): void => {
      this.#sources.onClosed(conn);
      task.questions = task.questions.filter((other) => other !== question);
    };
    const sent = this.#deps.requests.headers(nowMs, conn, query, {
      onReply: (at, items) => {
        if (this.#ended) return;
        this.#onReply(at, task, question, items);
        close();
        this.#process(at);
      },
      onFailure: (at, failure) => {
        if (this.#ended) return;
        close();
        this.#onFailure(at, question, failure);
      },
    });
    if (!sent) return;
    this.#sources.onAsked(conn);
    task.questions.push(question);
  }

  #onFailure(nowMs: number, { conn, sentAtMs }: Question, failure: RequestFailure): void {
    this.#lastFailure = failure;
    if (failure === 'timeout') this.#sources.noteTimeout(nowMs, conn, sentAtMs);
    else if (failure === 'bad-reply') this.#sources.exclude(conn);
    this.pump(nowMs);
  }

  #onReply(nowMs: number, { segment }: Task, { conn, from }: Question, items: readonly Uint8Array[]): void {
    // Another peer was faster.
    if (segment.missing === 0 || segment.next !== from) return;
    if (items.length === 0) {
      this.#lastFailure = 'short';
      this.#sources.exclude(conn);
      return;
    }
    const filling = segment.take(items, conn);
    switch (filling.kind) {
      case 'filled':
      case 'partial':
        this.#sources.noteSuccess(conn);
        return;
      case 'short':
      case 'moved':
        this.#lastFailure = filling.kind;
        this.#sources.exclude(conn);
        return;
      case 'wrong':
        this.#lastFailure = 'bad-reply';
        this.#sources.exclude(conn);
        this.#deps.peers.fault(nowMs, conn, { code: 'reply-mismatch', request: 'headers', detail: filling.detail });
        return;
    }
  }

  /** Gives out the headers of the segments that are next in order. */
  #process(nowMs: number): void {
    for (let task = this.#tasks[0]; task?.segment.missing === 0 && !this.#ended; task = this.#tasks[0]) {
      this.#tasks.shift();
      const { segment } = task;
      for (const [header, server] of segment.entries()) {
        if (!this.#accept(nowMs, header, server, segment.end.voucher)) return;
      }
      if (this.#last.header.number >= this.#target.number) this.#end(nowMs, 'complete');
    }
    this.pump(nowMs);
  }

  /** Checks one header and gives it out; false if the feed ended with it. */
  #accept(nowMs: number, header: SealedHeader, server: ConnId, voucher: ConnId): boolean {
    const { chain, peers } = this.#deps;
    const verdict = headerVerdict(chain, header, this.#last, nowMs);
    if (verdict.kind === 'future') return this.#end(nowMs, 'future');
    if (verdict.kind === 'wrong' || chain.isInvalid(header.hash)) {
      const fault = verdict.kind === 'wrong' ? verdict.fault : knownInvalidFault(header.hash);
      // Who served it could have checked it; who vouched for a header behind it has it on its chain.
      for (const conn of new Set([server, voucher])) peers.fault(nowMs, conn, fault);
      return this.#end(nowMs, 'invalid');
    }
    this.#last = header;
    this.#total += header.header.difficulty;
    if (this.#handler.onHeader(nowMs, header, this.#total, voucher)) return true;
    this.stop();
    return false;
  }

  /** Ends the feed if nothing is on its way for what is next, and nobody is left who could be asked. */
  #endIfStuck(nowMs: number): void {
    const first = this.#tasks[0];
    if (first === undefined) {
      if (this.#skeletonEnd !== undefined && this.#skeleton.peek() === undefined) this.#end(nowMs, this.#skeletonEnd);
    } else if (first.questions.length === 0 && first.segment.missing > 0 && !this.#sources.isAnybodyLeft()) {
      this.#end(nowMs, this.#lastFailure);
    }
  }

  #end(nowMs: number, end: FeedEnd): false {
    if (!this.#ended) {
      this.stop();
      this.#handler.onEnd(nowMs, end);
    }
    return false;
  }
}
