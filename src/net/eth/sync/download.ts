import type { Block } from '../../../types/block.js';
import type { SealedHeader } from '../../../types/header.js';
import type { BlockResult } from '../../backend.js';
import type { ConnId } from '../../io.js';
import { invalidBlockFault } from '../invalid-block.js';
import { BodyQueue } from './body-queue.js';
import type { Blame, SyncDeps, SyncEnd } from './deps.js';
import { type FeedEnd, HeaderFeed } from './header-feed.js';
import { Patience } from './patience.js';
import type { Anchor } from './skeleton.js';
import { WorkProof } from './work-proof.js';

/** Blocks whose headers are held at once: some 10 MiB, and a second or two of import. */
const CAPACITY = 2048;
/** Masters remembered for the blocks that wait for import; of more the last one answers for all. */
const MAX_VOUCHERS = 16;

/** What a download tells its owner. */
export interface DownloadHandler {
  /** A peer is the master no more, and the download goes on with another. */
  onMasterOut(nowMs: number, conn: ConnId, reason: string, blame: Blame): void;
  /** Called once, last; a failure is to be blamed on the master of the moment. */
  onEnd(nowMs: number, end: SyncEnd, master: ConnId): void;
}

/** Where a download starts and ends. */
export interface DownloadRange {
  readonly ancestor: SealedHeader;
  readonly ancestorTotal: bigint;
  /** The last block wanted, by the word of the first master. */
  readonly target: Anchor;
}

/**
 * Brings one peer's chain from a common ancestor to a target into the import queue: headers and bodies from everybody
 * who has them, by the skeleton of one peer, the master; all stages at once, and never more than a fixed amount in memory.
 *
 * A fork below our head must show more work than our chain before any of its bodies is fetched, so that nobody can fill
 * our disk with cheap side chains. A fork that fits in the header buffer shows it there; a longer one in a first pass
 * over its headers, see WorkProof.
 */
export class Download {
  readonly #deps: SyncDeps;
  readonly #range: DownloadRange;
  readonly #handler: DownloadHandler;
  readonly #bodies: BodyQueue;
  /** Undefined if the buffer is proof enough. */
  readonly #proof: WorkProof | undefined;
  readonly #patience: Patience;
  #feed: HeaderFeed;
  /** Who gives the skeleton of the headers, and answers for the blocks behind it. */
  #master: ConnId;
  #feedEnd: FeedEnd | undefined;
  /** True once the headers seen have more work than our chain, or as soon as there are any. */
  #isHeavier: boolean;
  #hasShownWork = false;
  /** Of the chain up to the last header seen. */
  #total: bigint;
  /** Up to which block each master vouched, in rising order. */
  readonly #vouchers: { upTo: number; readonly conn: ConnId }[] = []; // BOUNDED: by MAX_VOUCHERS
  #unanswered = 0;
  #imported = 0;
  #ended = false;

  constructor(deps: SyncDeps, nowMs: number, range: DownloadRange, handler: DownloadHandler) {
    this.#deps = deps;
    this.#patience = new Patience(nowMs);
    this.#range = range;
    this.#handler = handler;
    this.#master = range.target.voucher;
    this.#bodies = new BodyQueue(deps, range.ancestor.header.number + 1);
    this.#total = range.ancestorTotal;
    this.#isHeavier = range.ancestor.hash === deps.chain.head().hash;
    const fitsBuffer = range.target.number - range.ancestor.header.number <= CAPACITY;
    this.#proof = this.#isHeavier || fitsBuffer ? undefined : new WorkProof();
    this.#feed = this.#proof === undefined ? this.#importingFeed() : this.#provingFeed(this.#proof);
  }

  /** Whose chain it follows now. */
  get master(): ConnId {
    return this.#master;
  }

  /** True once checked headers were here of a chain with more work than ours had then. */
  get hasShownWork(): boolean {
    return this.#hasShownWork;
  }

  /** True if the chain of the peer that it was to follow leads somewhere else by now, or not that far. */
  get hasMoved(): boolean {
    return this.#feedEnd === 'moved' || this.#feedEnd === 'short';
  }

  /** True while it is our own import that all wait for. */
  get waitsForImport(): boolean {
    const next = this.#bodies.peek();
    return this.#unanswered > 0 || (next !== undefined && next.header.number <= this.#releasedUpTo());
  }

  /** Asks for whatever there is room for. Call it after each event that may have made room. */
  advance(nowMs: number): void {
    if (this.#ended) return;
    if (nowMs >= this.#patienceEndsAtMs()) {
      this.#fail(nowMs, 'no progress', 'slow');
      return;
    }
    this.#submit();
    this.#feed.pump(nowMs);
    if (this.#ended) return;
    if (!this.#bodies.assign(nowMs, this.#releasedUpTo(), this.#master)) {
      this.#fail(nowMs, 'nobody serves the missing bodies', 'slow');
      return;
    }
    this.#submit();
    this.#finishIfDone(nowMs);
  }

  /** Takes the result of a block that this download submitted. */
  onResult(nowMs: number, block: Block, result: BlockResult): void {
    if (this.#ended) return;
    this.#unanswered--;
    switch (result.kind) {
      case 'imported':
      case 'known':
        this.#imported++;
        this.#patience.renew(nowMs);
        this.advance(nowMs);
        return;
      case 'invalid': {
        // The master vouched for it as a block of its canonical chain, so it has executed it.
        this.#deps.peers.fault(
          nowMs,
          this.#voucherOf(block.header.number),
          invalidBlockFault('sync', block.hash, result.code),
        );
        this.#fail(nowMs, `invalid block ${block.header.number}: ${result.code}`, 'liar');
        return;
      }
      case 'orphan':
        this.#fail(nowMs, `block ${block.header.number} has no parent here`, 'nobody');
        return;
      case 'future':
        this.#fail(nowMs, `block ${block.header.number} is ahead of our clock`, 'slow');
        return;
    }
  }

  /** How many peers serve it. */
  sources(): number {
    return this.#bodies.sources();
  }

  /** When `advance` is due though nothing happens; Infinity if never. */
  nextWake(): number {
    if (this.#ended) return Number.POSITIVE_INFINITY;
    return Math.min(this.#bodies.nextWake(), this.#feed.nextWake(), this.#patienceEndsAtMs());
  }

  dropPeer(nowMs: number, conn: ConnId): void {
    this.#bodies.dropPeer(conn);
    if (!this.#ended) this.#feed.dropPeer(nowMs, conn);
  }

  /** Ends the download; `onEnd` is not called any more. */
  stop(): void {
    this.#ended = true;
    this.#feed.stop();
    this.#bodies.stop();
  }

  /** The first pass over a long fork: counts its work and keeps checkpoints. */
  #provingFeed(proof: WorkProof): HeaderFeed {
    return new HeaderFeed(this.#deps, this.#range, {
      room: () => CAPACITY,
      onHeader: (nowMs, header, total) => {
        this.#noteHeader(nowMs, total);
        if (total > this.#deps.chain.head().totalDifficulty) {
          proof.seal(header);
          this.#isHeavier = true;
          this.#feed = this.#importingFeed();
          this.#feed.pump(nowMs);
          return false;
        }
        if (proof.add(header)) return true;
        this.#fail(nowMs, 'the fork is too long', 'slow');
        return false;
      },
      onMasterOut: (nowMs, out, why, next) => this.#onMasterOut(nowMs, out, why, next),
      onEnd: (nowMs, end) => this.#onFeedEnd(nowMs, end),
    });
  }

  #importingFeed(): HeaderFeed {
    const target = { ...this.#range.target, voucher: this.#master };
    return new HeaderFeed(
      this.#deps,
      { ...this.#range, target },
      {
        room: () => CAPACITY - this.#bodies.size,
        onHeader: (nowMs, header, total, voucher) => {
          this.#noteHeader(nowMs, total);
          if (this.#proof?.confirm(header) === false) {
            // Its work was real, and whoever heals a split together with us may change its chain meanwhile.
            this.#onFeedEnd(nowMs, 'moved');
            return false;
          }
          if (total > this.#deps.chain.head().totalDifficulty) this.#isHeavier = true;
          this.#noteVoucher(header.header.number, voucher);
          this.#bodies.push(header);
          return true;
        },
        onMasterOut: (nowMs, out, why, next) => this.#onMasterOut(nowMs, out, why, next),
        onEnd: (nowMs, end) => this.#onFeedEnd(nowMs, end),
      },
    );
  }

  #noteHeader(nowMs: number, total: bigint): void {
    this.#total = total;
    if (total > this.#deps.chain.head().totalDifficulty) this.#hasShownWork = true;
    if (this.#hasShownWork) this.#patience.renew(nowMs);
    else this.#patience.prolong(nowMs);
  }

  #patienceEndsAtMs(): number {
    return this.waitsForImport ? Number.POSITIVE_INFINITY : this.#patience.endsAtMs;
  }

  #onMasterOut(nowMs: number, out: ConnId, why: FeedEnd, next: ConnId): void {
    this.#master = next;
    this.#handler.onMasterOut(nowMs, out, `headers: ${why}`, blameFor(why));
  }

  #noteVoucher(upTo: number, conn: ConnId): void {
    const last = this.#vouchers.at(-1);
    if (last?.conn === conn) last.upTo = upTo;
    else this.#vouchers.push({ upTo, conn });
    if (this.#vouchers.length > MAX_VOUCHERS) this.#vouchers.shift();
  }

  /** Whose chain, by its own word, holds this block. */
  #voucherOf(number: number): ConnId {
    return this.#vouchers.find(({ upTo }) => number <= upTo)?.conn ?? this.#master;
  }

  #releasedUpTo(): number {
    if (!this.#isHeavier) return -1;
    return this.#proof?.releasedUpTo() ?? Number.POSITIVE_INFINITY;
  }

  #onFeedEnd(nowMs: number, end: FeedEnd): void {
    this.#feedEnd = end;
    if (end === 'invalid' || end === 'bad-reply') {
      this.#fail(nowMs, `headers: ${end}`, 'liar');
      return;
    }
    if (!this.#isHeavier) {
      if (end === 'complete') this.#finish(nowMs, { kind: 'lighter', totalDifficulty: this.#total });
      else this.#fail(nowMs, `headers: ${end}, without more work than our chain`, blameFor(end));
    } else if (this.#releasedUpTo() !== Number.POSITIVE_INFINITY) {
      this.#fail(nowMs, `headers: ${end}, before the work that was shown`, blameFor(end));
    } else {
      this.advance(nowMs);
    }
  }

  /** Hands over what is ready and released, as far as the import queue takes it. */
  #submit(): void {
    const upTo = this.#releasedUpTo();
    for (let block = this.#bodies.peek(); block !== undefined; block = this.#bodies.peek()) {
      if (block.header.number > upTo || !this.#deps.submit(block, this.#master)) return;
      this.#bodies.take();
      this.#unanswered++;
    }
  }

  /** Ends with the headers that there were: all of them are imported. */
  #finishIfDone(nowMs: number): void {
    if (this.#feedEnd === undefined || this.#bodies.size > 0 || this.#unanswered > 0) return;
    if (this.#feedEnd === 'complete') this.#finish(nowMs, { kind: 'done' });
    else if (this.#imported > 0) {
      this.#finish(nowMs, { kind: 'partly', shown: this.#feedEnd === 'short' ? this.#total : undefined });
    } else this.#fail(nowMs, `headers: ${this.#feedEnd}`, blameFor(this.#feedEnd));
  }

  #fail(nowMs: number, reason: string, blame: Blame): void {
    this.#finish(nowMs, { kind: 'failed', reason, blame });
  }

  #finish(nowMs: number, end: SyncEnd): void {
    if (this.#ended) return;
    this.stop();
    this.#handler.onEnd(nowMs, end, this.#master);
  }
}

/** What a master that stopped being one is charged with. */
function blameFor(why: FeedEnd): Blame {
  if (why === 'bad-reply') return 'liar';
  return why === 'moved' || why === 'gone' ? 'nobody' : 'slow';
}
