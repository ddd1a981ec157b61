import type { Hash32 } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import { newBlock } from '../../wire/eth/new-block.js';
import { type BlockAnnouncement, newBlockHashes } from '../../wire/eth/new-block-hashes.js';
import type { ConnId } from '../io.js';
import { BlockOffers } from './block-offers.js';
import type { EthPeer, PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';

/**
 * Copies of a large block leave one after the other at this pace, 20 Mbit/s: what the line of a home can send. All at once they would only
 * queue there, each in the way of all that follow; meanwhile other peers bring the block to some of those that wait, and they say so.
 */
const BYTES_PER_MS = 2_500;
/** Copies that would follow each other faster than this leave together. */
const LEAST_PAUSE_MS = 5;
/** No more copies than leave in this time: of a large block most would be in vain, and whoever is told of it asks for it. */
const COPIES_MS = 100;
/** But so many while it is new: the first steps are the ones that count. */
const FIRST_COPIES = 3;
/** Once so many peers are known to have it, whoever else has not will find it with them: none of these copies goes. */
const WIDELY_KNOWN = 4;
/** One copy more goes to a peer far away while no larger share of our peers has the block: it crosses the world once, and not by question and answer. */
const YOUNG_SHARE = 0.25;
/** Far is who is this many times as far as most of our peers, and at least so far. */
const FAR_FACTOR = 1.5;
const FAR_RTT_MS = 150;
/** Round trips beyond this are taken for this; one that is not known is in the middle. */
const MAX_RTT_MS = 500;
const UNKNOWN_RTT_MS = 200;
/** Blocks that leave at once. */
const MAX_LEAVING = 8;

/** A large block that leaves. */
interface Leaving {
  readonly hash: Hash32;
  readonly number: number;
  /** How long a copy takes. */
  readonly copyMs: number;
  readonly payload: Uint8Array;
  /** Who gets the next copies, in order. BOUNDED: by one more than the square root of the connections */
  readonly copies: EthPeer[];
  /** Who else is told of it; undefined until it is imported. */
  offers: BlockOffers | undefined;
  /** Who was sent its body on request. BOUNDED: by the connections while it leaves */
  readonly served: Set<ConnId>;
}

/**
 * Tells peers of blocks: whole to a few, by hash to the rest, to none that knows them. A small block goes to everybody at once. Of a large one the
 * copies leave one after the other, and no more peers are told of it than can be sent it soon: others may have it sooner elsewhere.
 */
export class BlockBroadcast {
  readonly #table: PeerTable;
  readonly #peers: PeerControl;
  readonly #random: Random;
  #leaving: Leaving[] = []; // BOUNDED: by MAX_LEAVING in #add
  /** Who did not read when a block was told of. BOUNDED: by the connections, see dropPeer */
  readonly #missed = new Set<ConnId>();
  /** When all that was sent so far has left, at the pace above. */
  #freeAtMs = 0;

  constructor(deps: { readonly table: PeerTable; readonly peers: PeerControl; readonly random: Random }) {
    this.#table = deps.table;
    this.#peers = deps.peers;
    this.#random = deps.random;
  }

  /**
   * Sends the whole block to ceil(sqrt(n)) of the n peers, picked at random among those that don't know it (caps/eth.md, Block
   * Propagation), the nearest first; if it is large, to some of them, to the fewer the more have it, and to one far away. `totalDifficulty` is
   * that of the chain up to the block.
   */
  propagate(nowMs: number, block: Block, totalDifficulty: bigint): void {
    const unaware = this.#shuffled(this.#unaware(block.hash));
    if (unaware.length === 0) return;
    const payload = newBlock.encode({ block, totalDifficulty });
    const copyMs = payload.length / BYTES_PER_MS;
    const most = Math.max(FIRST_COPIES, Math.floor(COPIES_MS / copyMs));
    const aware = this.#aware(block.hash);
    const affordable = isLarge(block) ? Math.ceil(most * newsOf(aware)) : most;
    const chosen = unaware.slice(0, Math.ceil(Math.sqrt(this.#table.size)));
    chosen.sort((a, b) => rttOf(this.#peers, a.conn) - rttOf(this.#peers, b.conn));
    // Who can't be sent it whole is told of it.
    const canGo = payload.length <= newBlock.maxBytes;
    const copies = canGo ? fromBothEnds(chosen, affordable) : [];
    if (!isLarge(block)) {
      for (const peer of copies) this.#sendTo(nowMs, peer, block.hash, payload);
    } else {
      const { hash, header } = block;
      if (canGo && aware < YOUNG_SHARE * this.#table.size) copies.push(...this.#farAway(unaware, copies));
      this.#add({ hash, number: header.number, copyMs, payload, copies, offers: undefined, served: new Set() });
      this.#go(nowMs);
    }
  }

  /** Announces an imported block by hash to every peer that doesn't know it and gets no copy: at once, or one after the other if it is large. */
  announce(nowMs: number, { hash, number }: BlockAnnouncement): void {
    const leaving = this.#leaving.find((one) => one.hash === hash);
    if (leaving === undefined) {
      for (const peer of this.#unaware(hash)) this.tell(peer, { hash, number });
    } else if (leaving.offers === undefined) {
      const others = this.#unaware(hash).filter((peer) => !leaving.copies.includes(peer));
      // Of those that seem not to have it, as large a share has it as of the others seems to.
      const takenShare = (others.length / this.#table.size) ** 2;
      leaving.offers = new BlockOffers(this.#shuffled(others), leaving.copyMs, takenShare);
      this.#go(nowMs);
    }
  }

  /** Announces a block to one peer. */
  tell(peer: EthPeer, { hash, number }: BlockAnnouncement): void {
    peer.knownBlocks.add(hash);
    this.#peers.send(peer.conn, newBlockHashes.code, newBlockHashes.encode([{ hash, number }]));
  }

  /** The peer reads again: it is told of `head` if it has missed some block. */
  onWritable(conn: ConnId, head: BlockAnnouncement): void {
    const peer = this.#missed.delete(conn) ? this.#table.get(conn) : undefined;
    if (peer !== undefined && this.#isUnaware(peer, head.hash)) this.tell(peer, head);
  }

  dropPeer(conn: ConnId): void {
    this.#missed.delete(conn);
  }

  /** Sends no more of a block: it is not in our chain. */
  forget(hash: Hash32): void {
    this.#leaving = this.#leaving.filter((leaving) => leaving.hash !== hash);
  }

  /** Takes note that a peer was sent the bodies of these blocks, which it asked for. Whoever asks again and again holds nobody up. */
  onServed(nowMs: number, conn: ConnId, hashes: readonly Hash32[]): void {
    for (const leaving of this.#leaving) {
      if (leaving.served.has(conn) || !hashes.includes(leaving.hash)) continue;
      leaving.served.add(conn);
      this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + leaving.copyMs;
      leaving.offers?.taken(conn);
    }
  }

  tick(nowMs: number): void {
    if (this.nextWake() <= nowMs) this.#go(nowMs);
  }

  nextWake(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { copies, offers } of this.#leaving) {
      if (copies.length > 0) earliest = Math.min(earliest, this.#freeAtMs);
      earliest = Math.min(earliest, offers?.nextAtMs(this.#freeAtMs) ?? Number.POSITIVE_INFINITY);
    }
    return earliest;
  }

  #add(leaving: Leaving): void {
    this.#leaving.push(leaving);
    const oldest = this.#leaving.length > MAX_LEAVING ? this.#leaving.shift() : undefined;
    if (oldest?.offers === undefined) return;
    // It is crowded out: whoever waits for it is told at least.
    for (const peer of [...oldest.copies, ...oldest.offers.waiting]) {
      if (this.#isUnaware(peer, oldest.hash)) this.tell(peer, oldest);
    }
  }

  #go(nowMs: number): void {
    for (const leaving of this.#leaving) {
      const { hash, number, copies, offers, payload } = leaving;
      while (copies.length > 0 && this.#freeAtMs <= nowMs) {
        const peer = copies.shift();
        if (peer === undefined || !this.#isUnaware(peer, hash)) continue;
        this.#sendTo(nowMs, peer, hash, payload);
      }
      const nextTold = (): EthPeer | undefined => offers?.next(nowMs, this.#freeAtMs);
      for (let peer = nextTold(); peer !== undefined; peer = nextTold()) {
        if (!this.#isUnaware(peer, hash)) continue;
        this.tell(peer, { hash, number });
        offers?.made(peer.conn, Math.max(nowMs, this.#freeAtMs), rttOf(this.#peers, peer.conn));
      }
    }
    this.#leaving = this.#leaving.filter(({ copies, offers }) => copies.length > 0 || offers?.isOver() !== true);
  }

  #sendTo(nowMs: number, peer: EthPeer, hash: Hash32, payload: Uint8Array): void {
    peer.knownBlocks.add(hash);
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + payload.length / BYTES_PER_MS;
    this.#peers.send(peer.conn, newBlock.code, payload);
  }

  /** True if the peer is there, reads, and has not heard of the block: the queue of one that doesn't read would only grow, and it is told later. */
  #isUnaware(peer: EthPeer, hash: Hash32): boolean {
    if (peer.knownBlocks.has(hash) || this.#table.get(peer.conn) !== peer) return false;
    if (this.#peers.isWritable(peer.conn)) return true;
    this.#missed.add(peer.conn);
    return false;
  }

  #unaware(hash: Hash32): EthPeer[] {
    return [...this.#table.values()].filter((peer) => this.#isUnaware(peer, hash));
  }

  /** The first of those `unaware` that is far away and gets no copy yet, if there is one. */
  #farAway(unaware: readonly EthPeer[], copies: readonly EthPeer[]): EthPeer[] {
    const rttsMs = [...this.#table.values()].map(({ conn }) => rttOf(this.#peers, conn)).sort((a, b) => a - b);
    const farMs = Math.max(FAR_RTT_MS, FAR_FACTOR * (rttsMs[rttsMs.length >> 1] ?? 0));
    const far = unaware.find((peer) => rttOf(this.#peers, peer.conn) >= farMs && !copies.includes(peer));
    return far === undefined ? [] : [far];
  }

  /** How many peers have the block, as far as we know. */
  #aware(hash: Hash32): number {
    let count = 0;
    for (const peer of this.#table.values()) if (peer.knownBlocks.has(hash)) count++;
    return count;
  }

  /** The same items in a random order (Fisher and Yates). */
  #shuffled(items: EthPeer[]): EthPeer[] {
    for (let last = items.length - 1; last > 0; last--) {
      const pick = this.#random.below(last + 1);
      [items[last], items[pick]] = [items[pick] as EthPeer, items[last] as EthPeer];
    }
    return items;
  }
}

/** True if copies of this block don't all leave at once. */
export function isLarge({ raw }: Block): boolean {
  return raw.length >= LEAST_PAUSE_MS * BYTES_PER_MS;
}

/** How new a block is that so many peers have, one of which may have brought it here: 1 down to 0. */
const newsOf = (aware: number): number => Math.max(0, Math.min(1, (WIDELY_KNOWN - aware) / (WIDELY_KNOWN - 1)));

/**
 * The first and the last of a list, `count` in all. Of peers in the order of their distance: the near ones have it soonest and pass it on, the far
 * ones would lose most time by asking.
 */
function fromBothEnds<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const last = Math.floor(count / 2);
  return [...items.slice(0, count - last), ...items.slice(items.length - last)];
}

/** The round trip to a peer, as far as it matters: nobody gains much by seeming far away. */
function rttOf(peers: PeerControl, conn: ConnId): number {
  return Math.min(peers.rttMs(conn) ?? UNKNOWN_RTT_MS, MAX_RTT_MS);
}
