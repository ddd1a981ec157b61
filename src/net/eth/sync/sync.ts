import type { Hash32 } from '../../../base/brand.js';
import type { Block } from '../../../types/block.js';
import { decodeHeader, type SealedHeader } from '../../../types/header.js';
import type { BlockResult, BlockSink, ChainReader } from '../../backend.js';
import type { ConnId } from '../../io.js';
import { headerVerdict } from '../header-verdict.js';
import type { EthPeer, PeerTable } from '../peer.js';
import type { PeerControl } from '../peer-control.js';
import type { RequestTable } from '../requests.js';
import type { EthEvent, SyncStatus } from '../service.js';
import { AncestorSearch, type CommonAncestor } from './ancestor-search.js';
import { askAgain, goalOf, noteFollowed, settleClaim } from './claims.js';
import type { Blame, SyncDeps, SyncEnd } from './deps.js';
import { Download } from './download.js';
import { Progress, statusAtRest } from './progress.js';
import { type Goal, Turns } from './turns.js';

/**
 * A download takes so long at most while others wait. On a young chain a peer can have real blocks of hardly any work, as many as it
 * likes: its chain is followed until somebody else has shown more work. To begin anew with another peer takes a second.
 */
const TURN_MS = 120_000;

/** Where a sync is; there is at most one at a time. */
type Phase =
  | { readonly kind: 'idle' }
  /** Asked for the header of the goal, to learn its number. */
  | { readonly kind: 'locating'; readonly goal: Goal; readonly askedAtMs: number }
  | { readonly kind: 'searching'; readonly goal: Goal; readonly search: AncestorSearch }
  | {
      readonly kind: 'downloading';
      readonly goal: Goal;
      readonly target: SealedHeader;
      readonly download: Download;
      readonly progress: Progress;
    };

/**
 * Catches up with whoever claims a heavier chain: one master at a time; see {@link Turns} for whose turn it is. A claim
 * is believed for one sync only; afterwards it is set to what the peer could show.
 */
export class Sync {
  readonly #deps: SyncDeps;
  readonly #blocks: BlockSink;
  readonly #emit: (nowMs: number, event: EthEvent) => void;
  readonly #isComing: (hash: Hash32) => boolean;
  readonly #turns = new Turns();
  #phase: Phase = { kind: 'idle' };
  /** Of the download whose turn is over, until the next one has shown its work. */
  #passedOn: Progress | undefined;
  /** Blocks submitted, by this sync or one before it, whose results are outstanding. */
  #outstanding = 0;
  /** When the first peer that would be worth a sync has cooled down; as of the last look at the peers. */
  #recheckAtMs = Number.POSITIVE_INFINITY;

  constructor(deps: {
    readonly chain: ChainReader;
    readonly blocks: BlockSink;
    readonly peers: PeerControl;
    readonly requests: RequestTable;
    readonly table: PeerTable;
    readonly emit: (nowMs: number, event: EthEvent) => void;
    /** True if the block is on its way into the chain already. */
    readonly isComing: (hash: Hash32) => boolean;
  }) {
    const { chain, peers, requests, table } = deps;
    this.#deps = { chain, peers, requests, table, submit: (block, master) => this.#submit(block, master) };
    this.#blocks = deps.blocks;
    this.#emit = deps.emit;
    this.#isComing = deps.isComing;
  }

  /** A peer's Status was right: it may have what a sync under way waits for. */
  addPeer(nowMs: number, conn: ConnId): void {
    this.#turns.add(conn);
    this.onRoom(nowMs);
    this.poke(nowMs);
  }

  /** Starts a sync if none is running and a peer is worth it. Call it whenever a claim or a hint may be new. */
  poke(nowMs: number): void {
    // Results of the last sync's blocks may still change the head, and with it what is worth asking for.
    if (this.#phase.kind !== 'idle' || this.#outstanding > 0) return;
    const { goal, recheckAtMs } = this.#turns.next(nowMs, this.#deps.table.values(), (peer) => this.#goalOf(peer));
    this.#recheckAtMs = recheckAtMs;
    if (goal === undefined) {
      this.#passedOn = undefined;
      return;
    }
    this.#phase = { kind: 'locating', goal, askedAtMs: nowMs };
    const isCurrent = (): boolean => this.#phase.kind === 'locating' && this.#phase.goal === goal;
    const query = { origin: { kind: 'hash', hash: goal.hash }, amount: 1, skip: 0, reverse: false } as const;
    const sent = this.#deps.requests.headers(nowMs, goal.conn, query, {
      onReply: (at, items) => {
        if (isCurrent()) this.#onLocated(at, goal, items[0]);
      },
      onFailure: (at, failure) => {
        if (isCurrent()) this.#fail(at, goal, `head: ${failure}`, failure === 'bad-reply' ? 'liar' : 'slow');
      },
    });
    if (!sent) this.#fail(nowMs, goal, 'too many questions open', 'nobody');
  }

  /** The same where only this peer's claim or hint may be new: if nobody else was worth a sync, nobody else is looked at. */
  pokeBy(nowMs: number, peer: EthPeer): void {
    if (this.#recheckAtMs === Number.POSITIVE_INFINITY && this.#goalOf(peer) === undefined) return;
    this.poke(nowMs);
  }

  /** Takes the result of a block that was submitted for a sync. */
  onBlockResult(nowMs: number, block: Block, result: BlockResult): void {
    this.#outstanding--;
    if (this.#phase.kind === 'downloading') {
      if (result.kind === 'imported') {
        this.#phase.progress.note();
        this.#turns.noteBlock();
      }
      this.#phase.download.onResult(nowMs, block, result);
      this.#report(nowMs);
      this.#passOn(nowMs);
    }
    if (this.#outstanding === 0) this.poke(nowMs);
  }

  /** The import queue, or a peer's stream, has room again. */
  onRoom(nowMs: number): void {
    if (this.#phase.kind === 'downloading') this.#phase.download.advance(nowMs);
    this.#report(nowMs);
  }

  dropPeer(nowMs: number, conn: ConnId): void {
    const phase = this.#phase;
    if (phase.kind === 'downloading') phase.download.dropPeer(nowMs, conn);
    else if (phase.kind !== 'idle' && phase.goal.conn === conn)
      this.#fail(nowMs, phase.goal, 'the peer left', 'nobody');
    this.#turns.dropPeer(conn);
  }

  tick(nowMs: number): void {
    if (this.#phase.kind === 'downloading') {
      this.#phase.download.advance(nowMs);
      this.#report(nowMs);
      this.#passOn(nowMs);
    } else if (this.#phase.kind !== 'idle' && nowMs >= this.#lateAtMs(this.#phase)) {
      this.#fail(nowMs, this.#phase.goal, 'the peer is late', 'slow');
    }
    this.poke(nowMs);
  }

  /** Something else than a claim or a hint has changed that may make a peer worth a sync: looks again at the next tick. */
  recheck(): void {
    this.#recheckAtMs = 0;
  }

  /** When a peer that was left alone gets its next turn, or a sync under way has waited long enough. */
  nextWake(): number {
    if (this.#phase.kind === 'downloading') {
      return Math.min(this.#phase.download.nextWake(), this.#phase.progress.nextWake());
    }
    if (this.#phase.kind !== 'idle') return this.#lateAtMs(this.#phase);
    return this.#outstanding > 0 ? Number.POSITIVE_INFINITY : this.#recheckAtMs;
  }

  /** When the next best peer gets its turn, because this one has not answered; Infinity if there is none. */
  #lateAtMs(phase: Exclude<Phase, { kind: 'idle' | 'downloading' }>): number {
    const { conn } = phase.goal;
    let turnAtMs = Number.POSITIVE_INFINITY;
    for (const peer of this.#deps.table.values()) {
      if (peer.conn !== conn && this.#goalOf(peer) !== undefined)
        turnAtMs = Math.min(turnAtMs, this.#turns.untilMs(peer.conn));
    }
    const askedAtMs = phase.kind === 'locating' ? phase.askedAtMs : phase.search.askedAtMs;
    return Math.max(turnAtMs, askedAtMs + this.#deps.requests.lateAfterMs(conn, 'headers'));
  }

  /**
   * A node that syncs does not mine, so a claim alone is none: headers with more work than our chain must be here, and
   * after a sync that came to nothing, such as one of a header whose body is withheld, the first block.
   */
  status(): SyncStatus {
    const { number } = this.#deps.chain.head();
    if (this.#phase.kind === 'downloading' && this.#isProven(this.#phase)) return this.#phase.progress.status(number);
    return this.#passedOn?.status(number) ?? statusAtRest(number);
  }

  #isProven({ progress, download }: Extract<Phase, { kind: 'downloading' }>): boolean {
    return progress.blocks > 0 || (download.hasShownWork && !this.#turns.isFruitless);
  }

  #submit(block: Block, master: ConnId): boolean {
    if (!this.#blocks.submitBlock(block, { conn: master, how: 'sync' })) return false;
    this.#outstanding++;
    return true;
  }

  #goalOf(peer: EthPeer): Hash32 | undefined {
    return goalOf(this.#deps.chain, peer, this.#isComing);
  }

  #onLocated(nowMs: number, goal: Goal, item: Uint8Array | undefined): void {
    const { chain, peers } = this.#deps;
    if (item === undefined) {
      peers.fault(nowMs, goal.conn, { code: 'withheld-data', request: 'headers' });
      this.#fail(nowMs, goal, 'the peer does not have its head', 'slow');
      return;
    }
    const target = decodeHeader(item);
    if (target.hash !== goal.hash) {
      peers.fault(nowMs, goal.conn, { code: 'reply-mismatch', request: 'headers', detail: 'not the head' });
      this.#fail(nowMs, goal, 'another header than asked', 'liar');
      return;
    }
    // Its chain is followed for a while on its word alone: one header at least must have been worked for.
    const verdict = headerVerdict(chain, target, undefined, nowMs);
    if (verdict.kind === 'wrong') {
      peers.fault(nowMs, goal.conn, verdict.fault);
      this.#fail(nowMs, goal, 'a head without work', 'liar');
      return;
    }
    const { number, parentHash } = target.header;
    if (chain.hasBlock(parentHash)) {
      this.#download(nowMs, goal, target, { hash: parentHash, number: number - 1 });
      return;
    }
    const top = Math.min(chain.head().number, number - 1);
    const search = new AncestorSearch(this.#deps, goal.conn, top, {
      onFound: (at, ancestor) => this.#download(at, goal, target, ancestor),
      onFailed: (at, reason, blame) => this.#fail(at, goal, reason, blame),
    });
    this.#phase = { kind: 'searching', goal, search };
    search.start(nowMs);
  }

  #download(nowMs: number, goal: Goal, target: SealedHeader, common: CommonAncestor): void {
    const { chain } = this.#deps;
    const ancestor = chain.headerByHash(common.hash);
    const ancestorTotal = chain.totalDifficulty(common.hash);
    if (ancestor === undefined || ancestorTotal === undefined) {
      this.#fail(nowMs, goal, 'the ancestor is gone', 'nobody');
      return;
    }
    const end = { number: target.header.number, hash: target.hash, voucher: goal.conn };
    const download = new Download(
      this.#deps,
      nowMs,
      { ancestor, ancestorTotal, target: end },
      {
        onMasterOut: (at, conn, reason, blame) => this.#onMasterOut(at, { ...goal, conn }, reason, blame),
        onEnd: (at, how, master) => this.#onEnd(at, goal, how, master),
      },
    );
    const progress = new Progress(nowMs, common.number, target.header.number);
    this.#phase = { kind: 'downloading', goal, target, download, progress };
    this.#emit(nowMs, { kind: 'sync-started', conn: goal.conn, from: common.number, target: target.header.number });
    download.advance(nowMs);
  }

  /** The download goes on without the peer: what it claims is not believed again soon. */
  #onMasterOut(nowMs: number, goal: Goal, reason: string, blame: Blame): void {
    this.#turns.noteFailure(nowMs, goal.conn, blame);
    if (blame === 'liar') settleClaim(this.#deps.table, goal, 0n);
    this.#emit(nowMs, { kind: 'sync-master-out', conn: goal.conn, reason });
  }

  /** Ends a download that has had its time and waits for its peers, if somebody waits for a turn. What is imported stays. */
  #passOn(nowMs: number): void {
    if (this.#phase.kind !== 'downloading' || this.#phase.progress.elapsedMs(nowMs) < TURN_MS) return;
    const { download, progress } = this.#phase;
    const { master, waitsForImport } = download;
    if (waitsForImport) return;
    const waits = (peer: EthPeer): boolean =>
      peer.conn !== master && this.#goalOf(peer) !== undefined && this.#turns.untilMs(peer.conn) <= nowMs;
    if (![...this.#deps.table.values()].some(waits)) return;
    download.stop();
    this.#turns.passOn(nowMs, master);
    this.#phase = { kind: 'idle' };
    this.#passedOn = progress;
    this.#emit(nowMs, { kind: 'sync-master-out', conn: master, reason: 'its turn is over' });
  }

  #onEnd(nowMs: number, goal: Goal, end: SyncEnd, master: ConnId): void {
    if (this.#phase.kind !== 'downloading') return;
    const { download, progress, target } = this.#phase;
    if (download.hasMoved && master === goal.conn) {
      askAgain(this.#deps, nowMs, goal, target.header.number, (at) => this.poke(at));
    }
    if (end.kind === 'failed') {
      this.#fail(nowMs, { ...goal, conn: master }, end.reason, end.blame);
      return;
    }
    if (end.kind === 'lighter') {
      settleClaim(this.#deps.table, goal, end.totalDifficulty);
      this.#fail(nowMs, goal, 'the chain is not heavier than ours', 'nobody');
      return;
    }
    if (end.kind === 'done') {
      settleClaim(this.#deps.table, goal, this.#deps.chain.totalDifficulty(goal.hash) ?? 0n);
      this.#turns.noteSuccess(master);
    } else {
      // It brought us further: there may be more behind a pause or a change of its chain.
      if (end.shown === undefined) noteFollowed(this.#deps.table, goal);
      else settleClaim(this.#deps.table, goal, end.shown);
      this.#turns.noteFailure(nowMs, master, 'nobody');
    }
    this.#phase = { kind: 'idle' };
    this.#passedOn = undefined;
    this.#emit(nowMs, { kind: 'sync-finished', blocks: progress.blocks, ms: progress.elapsedMs(nowMs) });
    this.poke(nowMs);
  }

  #fail(nowMs: number, goal: Goal, reason: string, blame: Blame): void {
    if (this.#phase.kind === 'searching') this.#phase.search.stop();
    this.#phase = { kind: 'idle' };
    this.#passedOn = undefined;
    this.#turns.noteFruitless();
    this.#turns.noteFailure(nowMs, goal.conn, blame);
    if (blame === 'liar') settleClaim(this.#deps.table, goal, 0n);
    else noteFollowed(this.#deps.table, goal);
    this.#emit(nowMs, { kind: 'sync-failed', conn: goal.conn, reason });
    this.poke(nowMs);
  }

  /** What has not shown its work is no news. */
  #report(nowMs: number): void {
    if (this.#phase.kind !== 'downloading' || !this.#isProven(this.#phase)) return;
    const { progress, download, goal, target } = this.#phase;
    this.#passedOn = undefined;
    if (progress.begins(nowMs)) {
      const range = { from: progress.starting, target: target.header.number };
      this.#emit(nowMs, { kind: 'sync-proven', conn: goal.conn, ...range });
    }
    const event = progress.report(nowMs, this.#deps.chain.head().number, download.sources());
    if (event !== undefined) this.#emit(nowMs, event);
  }
}
