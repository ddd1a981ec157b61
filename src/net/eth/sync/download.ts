import type { Block } from '../../../types/block.js';
import type { SealedHeader } from '../../../types/header.js';
import type { BlockResult } from '../../backend.js';
import type { ConnId } from '../../io.js';
import { invalidBlockFault } from '../invalid-block.js';
import { BodyQueue } from './body-queue.js';
import type { Blame, SyncDeps, SyncEnd } from './deps.js';
import { type FeedEnd, HeaderFeed } from './header-feed.js';
import { WorkProof } from './work-proof.js';

/** Blocks whose headers are held at once: some 10 MiB, and a second or two of import. */
const CAPACITY = 2048;

/** Where a download starts and ends. */
export interface DownloadRange {
  /** Who serves the headers, and answers for them. */
  readonly master: ConnId;
  readonly ancestor: SealedHeader;
  readonly ancestorTotal: bigint;
  /** Number of the last block wanted. */
  readonly target: number;
}

/**
 * Brings one peer's chain from a common ancestor to a target into the import queue: headers from the master, bodies from
 * everybody who has them, all three stages at once, and never more than a fixed amount in memory.
 *
 * A fork below our head must show more work than our chain before any of its bodies is fetched, so that nobody can fill
 * our disk with cheap side chains. A fork that fits in the header buffer shows it there; a longer one in a first pass
 * over its headers, see WorkProof.
 */
export class Download {
  readonly #deps: SyncDeps;
  readonly #range: DownloadRange;
  readonly #onEnd: (nowMs: number, end: SyncEnd) => void;
  readonly #bodies: BodyQueue;
  /** Undefined if the buffer is proof enough. */
  readonly #proof: WorkProof | undefined;
  #feed: HeaderFeed;
  #feedEnd: FeedEnd | undefined;
  /** True once the headers seen have more work than our chain. */
  #isHeavier: boolean;
  /** Of the chain up to the last header seen. */
  #total: bigint;
  #unanswered = 0;
  #imported = 0;
  #ended = false;

  constructor(deps: SyncDeps, range: DownloadRange, onEnd: (nowMs: number, end: SyncEnd) => void) {
    this.#deps = deps;
    this.#range = range;
    this.#onEnd = onEnd;
    this.#bodies = new BodyQueue(deps, range.ancestor.header.number + 1);
    this.#total = range.ancestorTotal;
    this.#isHeavier = range.ancestor.hash === deps.chain.head().hash;
    const fitsBuffer = range.target - range.ancestor.header.number <= CAPACITY;
    this.#proof = this.#isHeavier || fitsBuffer ? undefined : new WorkProof();
    this.#feed = this.#proof === undefined ? this.#importingFeed() : this.#provingFeed(this.#proof);
  }

  /** Asks for whatever there is room for. Call it after each event that may have made room. */
  advance(nowMs: number): void {
    if (this.#ended) return;
    this.#submit();
    this.#feed.pump(nowMs);
    if (this.#ended) return;
    if (!this.#bodies.assign(nowMs, this.#releasedUpTo(), this.#range.master)) {
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
        this.advance(nowMs);
        return;
      case 'invalid': {
        const { master } = this.#range;
        // The master served it as a block of its canonical chain, so it has executed it.
        this.#deps.peers.fault(nowMs, master, invalidBlockFault('sync', block.hash, result.code));
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

  /** When `advance` is due though nothing happens; Infinity if never. */
  nextWake(): number {
    return this.#ended ? Number.POSITIVE_INFINITY : this.#bodies.nextWake();
  }

  dropPeer(nowMs: number, conn: ConnId): void {
    this.#bodies.dropPeer(conn);
    if (conn === this.#range.master) this.#fail(nowMs, 'the peer left', 'nobody');
  }

  /** Ends the download; `onEnd` is not called any more. */
  stop(): void {
    this.#ended = true;
    this.#feed.stop();
    this.#bodies.stop();
  }

  /** The first pass over a long fork: counts its work and keeps checkpoints. */
  #provingFeed(proof: WorkProof): HeaderFeed {
    return new HeaderFeed(
      this.#deps,
      { ...this.#range, conn: this.#range.master },
      {
        room: () => CAPACITY,
        onHeader: (nowMs, header, total) => {
          this.#total = total;
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
        onEnd: (nowMs, end) => this.#onFeedEnd(nowMs, end),
      },
    );
  }

  #importingFeed(): HeaderFeed {
    const { master } = this.#range;
    return new HeaderFeed(
      this.#deps,
      { ...this.#range, conn: master },
      {
        room: () => CAPACITY - this.#bodies.size,
        onHeader: (nowMs, header, total) => {
          this.#total = total;
          if (this.#proof?.confirm(header) === false) {
            const detail = 'other headers than before';
            this.#deps.peers.fault(nowMs, master, { code: 'reply-mismatch', request: 'headers', detail });
            this.#fail(nowMs, 'the fork changed after it had shown its work', 'liar');
            return false;
          }
          if (total > this.#deps.chain.head().totalDifficulty) this.#isHeavier = true;
          this.#bodies.push(header);
          return true;
        },
        onEnd: (nowMs, end) => this.#onFeedEnd(nowMs, end),
      },
    );
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
      else this.#fail(nowMs, `headers: ${end}, without more work than our chain`, 'slow');
    } else if (this.#releasedUpTo() !== Number.POSITIVE_INFINITY) {
      this.#fail(nowMs, `headers: ${end}, before the work that was shown`, 'slow');
    } else {
      this.advance(nowMs);
    }
  }

  /** Hands over what is ready and released, as far as the import queue takes it. */
  #submit(): void {
    const upTo = this.#releasedUpTo();
    for (let block = this.#bodies.peek(); block !== undefined; block = this.#bodies.peek()) {
      if (block.header.number > upTo || !this.#deps.submit(block, this.#range.master)) return;
      this.#bodies.take();
      this.#unanswered++;
    }
  }

  /** Ends with the headers that there were: all of them are imported. */
  #finishIfDone(nowMs: number): void {
    if (this.#feedEnd === undefined || this.#bodies.size > 0 || this.#unanswered > 0) return;
    if (this.#feedEnd === 'complete' || this.#imported > 0) {
      this.#finish(nowMs, { kind: 'done' });
    } else {
      this.#fail(nowMs, `headers: ${this.#feedEnd}`, this.#feedEnd === 'moved' ? 'nobody' : 'slow');
    }
  }

  #fail(nowMs: number, reason: string, blame: Blame): void {
    this.#finish(nowMs, { kind: 'failed', reason, blame });
  }

  #finish(nowMs: number, end: SyncEnd): void {
    if (this.#ended) return;
    this.stop();
    this.#onEnd(nowMs, end);
  }
}
