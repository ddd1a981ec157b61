import type { Hash32 } from '../../../base/brand.js';
import { decodeHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import type { RequestFailure } from '../requests.js';
import type { SyncDeps } from './deps.js';
import type { FeedEnd } from './header-feed.js';
import type { HeaderSources } from './header-sources.js';

/** Headers from one anchor to the next: one question, whose check takes some milliseconds. */
export const SPAN = 256;
/** Anchors held ahead: one question covers 16,384 headers, so a master can hold a sync up only that rarely. */
const MAX_AHEAD = 64;
/** More are asked for when fewer are left: the answer is here before they are needed. */
const LOW_WATER = 16;

/** A header by number and hash that its voucher says is on its chain. */
export interface Anchor {
  readonly number: number;
  readonly hash: Hash32;
  readonly voucher: ConnId;
}

/** What the skeleton tells its owner. */
export interface SkeletonHandler {
  /** `out` is late or wrong; from now on `next` is the master. */
  onMasterOut(nowMs: number, out: ConnId, why: FeedEnd, next: ConnId): void;
  /** New anchors are there. */
  onAnchors(nowMs: number): void;
  /** Nobody is left who could be the master; said once. */
  onFailed(nowMs: number, why: FeedEnd): void;
}

interface Question {
  readonly conn: ConnId;
  readonly sentAtMs: number;
}

/**
 * Every 256th header hash of one peer's chain, the master's, up to the target: what all others' headers are measured by.
 * A master that is late is replaced at once by another whose chain holds the last anchor.
 */
export class Skeleton {
  readonly #deps: SyncDeps;
  readonly #sources: HeaderSources;
  readonly #target: Anchor;
  readonly #handler: SkeletonHandler;
  readonly #anchors: Anchor[] = []; // BOUNDED: by MAX_AHEAD
  /** The last anchor known. */
  #tip: Anchor;
  #master: ConnId;
  #question: Question | undefined;
  #ended = false;

  constructor(
    deps: SyncDeps,
    sources: HeaderSources,
    range: { readonly ancestor: Anchor; readonly target: Anchor },
    handler: SkeletonHandler,
  ) {
    this.#deps = deps;
    this.#sources = sources;
    this.#target = range.target;
    this.#handler = handler;
    this.#tip = range.ancestor;
    this.#master = range.target.voucher;
    this.#addTarget();
  }

  get master(): ConnId {
    return this.#master;
  }

  /** The next anchor, if it is known. */
  peek(): Anchor | undefined {
    return this.#anchors[0];
  }

  take(): void {
    this.#anchors.shift();
  }

  stop(): void {
    this.#ended = true;
  }

  /** Asks for more anchors when few are left, and another master when this one is late. */
  pump(nowMs: number): void {
    if (this.#ended || this.#tip.number >= this.#target.number || this.#anchors.length >= LOW_WATER) return;
    if (this.#question === undefined) this.#ask(nowMs);
    else if (nowMs >= this.#lateAtMs(this.#question)) this.#replaceMaster(nowMs, 'timeout');
  }

  /** When the master is late; Infinity if nothing is open, or there is nobody else. */
  nextWake(): number {
    return this.#ended || this.#question === undefined ? Number.POSITIVE_INFINITY : this.#lateAtMs(this.#question);
  }

  dropPeer(nowMs: number, conn: ConnId): void {
    if (!this.#ended && conn === this.#master) this.#replaceMaster(nowMs, 'gone');
  }

  #lateAtMs({ conn, sentAtMs }: Question): number {
    const lateAtMs = sentAtMs + this.#deps.requests.lateAfterMs(conn, 'headers');
    return this.#sources.responsive(lateAtMs, [conn]).length > 0 ? lateAtMs : Number.POSITIVE_INFINITY;
  }

  #ask(nowMs: number): void {
    const from = this.#tip;
    const missing = Math.floor((this.#target.number - 1 - from.number) / SPAN);
    // The first header of the answer is the tip itself: it shows that the master's chain holds what we have.
    const amount = 1 + Math.min(missing, MAX_AHEAD - this.#anchors.length);
    const question: Question = { conn: this.#master, sentAtMs: nowMs };
    const query = {
      origin: { kind: 'number', number: from.number },
      amount,
      skip: SPAN - 1,
      reverse: false,
    } as const;
    const isCurrent = (): boolean => !this.#ended && this.#question === question;
    this.#question = question;
    const sent = this.#deps.requests.headers(nowMs, this.#master, query, {
      onReply: (at, items) => {
        if (isCurrent()) this.#onReply(at, from, items);
      },
      onFailure: (at, failure) => {
        if (isCurrent()) this.#onFailure(at, question, failure);
      },
    });
    if (!sent) this.#question = undefined;
  }

  #onReply(nowMs: number, from: Anchor, items: readonly Uint8Array[]): void {
    const voucher = this.#master;
    const found: Anchor[] = []; // BOUNDED: by MAX_AHEAD
    for (const [i, item] of items.entries()) {
      const { header, hash } = decodeHeader(item);
      const number = from.number + i * SPAN;
      if (header.number !== number) {
        const detail = `header ${header.number} where ${number} was asked`;
        this.#deps.peers.fault(nowMs, voucher, { code: 'reply-mismatch', request: 'headers', detail });
        this.#replaceMaster(nowMs, 'bad-reply');
        return;
      }
      found.push({ number, hash, voucher });
    }
    const [first, ...rest] = found;
    if (first === undefined || (first.hash === from.hash && rest.length === 0)) this.#replaceMaster(nowMs, 'short');
    else if (first.hash !== from.hash) this.#replaceMaster(nowMs, 'moved');
    else {
      this.#question = undefined;
      this.#sources.noteSuccess(voucher);
      this.#anchors.push(...rest);
      this.#tip = rest.at(-1) ?? this.#tip;
      this.#addTarget();
      this.#handler.onAnchors(nowMs);
    }
  }

  /** Who is alone gets a second chance. */
  #onFailure(nowMs: number, { conn, sentAtMs }: Question, failure: RequestFailure): void {
    this.#question = undefined;
    if (failure === 'timeout') this.#sources.noteTimeout(nowMs, conn, sentAtMs);
    const isLast = failure === 'timeout' && this.#sources.free([this.#master]).length === 0;
    if (isLast && this.#sources.isUsable(this.#master)) this.#ask(nowMs);
    else this.#replaceMaster(nowMs, failure);
  }

  /** The target is an anchor that need not be asked for. */
  #addTarget(): void {
    if (this.#target.number - this.#tip.number > SPAN || this.#target.number <= this.#tip.number) return;
    this.#anchors.push(this.#target);
    this.#tip = this.#target;
  }

  #replaceMaster(nowMs: number, why: FeedEnd): void {
    const out = this.#master;
    this.#question = undefined;
    this.#sources.exclude(out);
    const [next] = [...this.#sources.responsive(nowMs, [out]), ...this.#sources.free([out])];
    if (next === undefined) {
      this.#ended = true;
      this.#handler.onFailed(nowMs, why);
      return;
    }
    this.#master = next;
    this.#sources.master = next;
    this.#handler.onMasterOut(nowMs, out, why, next);
    this.pump(nowMs);
  }
}
