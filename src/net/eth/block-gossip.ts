import type { Hash32 } from '../../base/brand.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import { type Block, decodeOpenBlock } from '../../types/block.js';
import { openBlockFitsGas } from '../../types/body-room.js';
import type { Header } from '../../types/header.js';
import { openNewBlock } from '../../wire/eth/new-block.js';
import { type BlockAnnouncement, newBlockHashes } from '../../wire/eth/new-block-hashes.js';
import type { BlockResult, BlockSink, BlockSource, ChainReader } from '../backend.js';
import type { ConnId } from '../io.js';
import { BlockBroadcast, isLarge } from './block-broadcast.js';
import { BlockFetcher } from './block-fetcher.js';
import { BlockQueue } from './block-queue.js';
import type { GossipBudget } from './gossip-budget.js';
import { headerVerdict } from './header-verdict.js';
import { invalidBlockFault, knownInvalidFault } from './invalid-block.js';
import { type EthPeer, noteHint, type PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';
import type { RequestTable } from './requests.js';

/** A block further ahead of our head is not fetched by itself: it takes a sync to connect it. */
const MAX_AHEAD = 32;
/** A block further behind can't even become an uncle. */
const MAX_BEHIND = 7;
/** The gas limit moves by 1/1024 a block: no block of the next MAX_AHEAD has so many times that of our head. */
const MOST_TIMES_GAS_LIMIT = 2n;

/** Sends and receives new blocks (caps/eth.md, Block Propagation). */
export class BlockGossip {
  readonly #chain: ChainReader;
  readonly #table: PeerTable;
  readonly #peers: PeerControl;
  readonly #log: Log;
  readonly #queue: BlockQueue;
  readonly #broadcast: BlockBroadcast;
  readonly #fetcher: BlockFetcher;

  constructor(deps: {
    readonly chain: ChainReader;
    readonly blocks: BlockSink;
    readonly table: PeerTable;
    readonly peers: PeerControl;
    readonly requests: RequestTable;
    readonly random: Random;
    readonly log: Log;
    readonly budget: GossipBudget;
  }) {
    this.#chain = deps.chain;
    this.#table = deps.table;
    this.#peers = deps.peers;
    this.#log = deps.log;
    this.#queue = new BlockQueue(deps.blocks);
    this.#broadcast = new BlockBroadcast(deps);
    this.#fetcher = new BlockFetcher({
      chain: deps.chain,
      peers: deps.peers,
      requests: deps.requests,
      isTooOld: (number) => this.#distance(number) < -MAX_BEHIND,
      onWasted: (nowMs, conn, bytes) => deps.budget.spend(nowMs, conn, bytes),
      onBlock: (nowMs, conn, block) => this.#passOn(nowMs, block, { conn, how: 'announced' }),
      onUnconnected: (_nowMs, conn, block) => this.#hint(conn, block),
    });
  }

  /** Tells a new peer of our head if it is another one than our Status said. */
  greet(peer: EthPeer, toldHead: Hash32): void {
    const head = this.#chain.head();
    if (head.hash !== toldHead) this.#broadcast.tell(peer, head);
  }

  /**
   * NewBlock: header, seal and link are checked before the body is decoded, then its roots; then the block is passed on before it is executed, so that it
   * crosses the network at the speed of the wire. Its sender is credited with the parent's chain only: that one it has
   * executed, this one maybe not.
   */
  onNewBlock(nowMs: number, peer: EthPeer, payload: Uint8Array): void {
    const { block: open, totalDifficulty } = openNewBlock(payload);
    const { hash, header } = open.sealed;
    peer.knownBlocks.add(hash);
    const parentTotal = totalDifficulty - header.difficulty;
    if (parentTotal > peer.claim.totalDifficulty) {
      peer.claim = { hash: header.parentHash, totalDifficulty: parentTotal };
    }
    if (this.#chain.hasBlock(hash) || this.#chain.isInvalid(hash) || this.#queue.has(hash)) return;
    const distance = this.#distance(header.number);
    if (distance < -MAX_BEHIND) return;
    const parent = this.#chain.headerByHash(header.parentHash);
    const verdict = headerVerdict(this.#chain, open.sealed, parent, nowMs);
    if (verdict.kind === 'wrong') {
      this.#peers.fault(nowMs, peer.conn, verdict.fault);
      return;
    }
    if (verdict.kind === 'future') {
      this.#peers.fault(nowMs, peer.conn, { code: 'distant-block', hash });
      return;
    }
    // The parent may be on its way into the chain: then this block can follow it there, but its link is not checked yet.
    const parentComes = parent === undefined && this.#queue.has(header.parentHash);
    if ((parent === undefined && !parentComes) || distance > MAX_AHEAD) {
      this.#hint(peer.conn, { hash, number: header.number });
      return;
    }
    // The body is looked at only now: up to here nobody had to work for what it costs.
    if (!openBlockFitsGas(open, parentComes ? this.#mostGas(header) : header.gasUsed)) {
      // Its miner may have made it so, and who relays it has checked seal, link and roots as we would.
      this.#peers.fault(nowMs, peer.conn, invalidBlockFault('new-block', hash, 'body-over-gas'));
      return;
    }
    const block = decodeOpenBlock(open);
    const body = this.#chain.checkBody(open.sealed, block);
    if (!body.ok) {
      // Only this copy is bad: the block may still come from someone else, so its hash is not remembered.
      this.#peers.fault(nowMs, peer.conn, { code: 'invalid-body', hash, rule: body.code });
      return;
    }
    this.#fetcher.drop(hash);
    this.#passOn(nowMs, block, { conn: peer.conn, how: 'new-block' });
  }

  /** NewBlockHashes: each block is fetched from its announcers, or is a reason to sync if it is far ahead. */
  onNewBlockHashes(nowMs: number, peer: EthPeer, payload: Uint8Array): void {
    for (const announced of newBlockHashes.decode(payload)) {
      const { hash, number } = announced;
      peer.knownBlocks.add(hash);
      if (this.#chain.isInvalid(hash)) {
        this.#peers.fault(nowMs, peer.conn, knownInvalidFault(hash));
        continue;
      }
      if (this.#chain.hasBlock(hash) || this.#queue.has(hash)) continue;
      const distance = this.#distance(number);
      if (distance > MAX_AHEAD) this.#hint(peer.conn, announced);
      else if (distance >= -MAX_BEHIND) this.#fetcher.announce(nowMs, peer, announced);
    }
  }

  /** Tells the peers of a head: whole and by hash if we mined it, else by hash to whom it did not reach otherwise. */
  onHeadChanged(nowMs: number, block: Block, mined: boolean): void {
    this.#fetcher.drop(block.hash);
    const total = this.#chain.totalDifficulty(block.hash);
    if (mined && total !== undefined) this.#broadcast.propagate(nowMs, block, total);
    this.#broadcast.announce(nowMs, { hash: block.hash, number: block.header.number });
  }

  /** The answer to a block that came by gossip. */
  onBlockResult(nowMs: number, block: Block, source: BlockSource, result: BlockResult): void {
    this.#queue.onResult(block);
    const { hash } = block;
    switch (result.kind) {
      case 'imported':
        this.#broadcast.announce(nowMs, { hash, number: block.header.number });
        if (result.newHead) this.#peers.merit(nowMs, source.conn, { kind: 'first-block' });
        return;
      case 'invalid':
        this.#broadcast.forget(hash);
        this.#peers.fault(nowMs, source.conn, invalidBlockFault(source.how, hash, result.code));
        this.#log.log('warn', 'net', 'invalid block from peer', { hash, rule: result.code, conn: source.conn });
        return;
      case 'orphan':
        this.#broadcast.forget(hash);
        this.#hint(source.conn, { hash, number: block.header.number });
        return;
      case 'future':
        this.#broadcast.forget(hash);
        return;
      case 'known':
        return;
    }
  }

  /** Tells the peers where a sync has brought us. */
  announceHead(nowMs: number): void {
    this.#broadcast.announce(nowMs, this.#chain.head());
  }

  /** Takes note that a peer was sent the bodies of these blocks. */
  onServed(nowMs: number, conn: ConnId, hashes: readonly Hash32[]): void {
    this.#broadcast.onServed(nowMs, conn, hashes);
  }

  /** True if the block is on its way into the chain. */
  isComing(hash: Hash32): boolean {
    return this.#queue.has(hash);
  }

  /** Lets blocks that wait for the import queue go on: another source's result made room. */
  onRoom(block: Block): void {
    this.#queue.onResult(block);
  }

  /** The peer reads again after its stream was full. */
  onWritable(conn: ConnId): void {
    this.#broadcast.onWritable(conn, this.#chain.head());
  }

  dropPeer(conn: ConnId): void {
    this.#fetcher.dropPeer(conn);
    this.#broadcast.dropPeer(conn);
  }

  tick(nowMs: number): void {
    this.#broadcast.tick(nowMs);
    this.#fetcher.tick(nowMs);
  }

  nextWake(): number {
    return Math.min(this.#broadcast.nextWake(), this.#fetcher.nextWake());
  }

  /**
   * Passes a checked block on, and into the chain. A small one that was fetched is announced after that, and not sent: when we were told of
   * it, so were others. Of a large one few are told at a time.
   */
  #passOn(nowMs: number, block: Block, source: BlockSource): void {
    const total = this.#chain.totalDifficulty(block.header.parentHash);
    if (total !== undefined && (source.how === 'new-block' || isLarge(block)))
      this.#broadcast.propagate(nowMs, block, total + block.header.difficulty);
    if (!this.#queue.add(block, source)) this.#broadcast.forget(block.hash);
  }

  /** The gas that a block may have used whose link is not checked: its header can say anything. */
  #mostGas({ gasUsed }: Header): bigint {
    const limit = this.#chain.headerByHash(this.#chain.head().hash)?.header.gasLimit ?? gasUsed;
    const most = limit * MOST_TIMES_GAS_LIMIT;
    return gasUsed < most ? gasUsed : most;
  }

  /** How far a number is ahead of our head. */
  #distance(number: number): number {
    return number - this.#chain.head().number;
  }

  #hint(conn: ConnId, block: BlockAnnouncement): void {
    const peer = this.#table.get(conn);
    if (peer !== undefined) noteHint(this.#chain, peer, block);
  }
}
