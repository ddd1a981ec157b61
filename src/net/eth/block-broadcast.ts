import type { Hash32 } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import { newBlock } from '../../wire/eth/new-block.js';
import { newBlockHashes } from '../../wire/eth/new-block-hashes.js';
import type { EthPeer, PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';

/**
 * Copies of a large block leave one after the other at this pace, 12 Mbit/s: what the line of a home can send. All at once they would only
 * queue there, each in the way of all that follow; meanwhile other peers bring the block to some of those that wait, and they say so.
 */
const BYTES_PER_MS = 1_500;
/** Copies that would follow each other faster than this leave together. */
const LEAST_PAUSE_MS = 5;
/** Blocks whose copies are on their way out at once. */
const MAX_LEAVING = 8;

/** A block whose copies leave. */
interface Leaving {
  readonly hash: Hash32;
  readonly payload: Uint8Array;
  /** Who gets the next ones, in order. BOUNDED: by the square root of the connections */
  readonly peers: EthPeer[];
  readonly pauseMs: number;
  nextAtMs: number;
}

/** Tells peers of blocks: whole to a few, by hash to the rest, to none that knows them. */
export class BlockBroadcast {
  readonly #table: PeerTable;
  readonly #peers: PeerControl;
  readonly #random: Random;
  #leaving: Leaving[] = []; // BOUNDED: by MAX_LEAVING in propagate

  constructor(deps: { readonly table: PeerTable; readonly peers: PeerControl; readonly random: Random }) {
    this.#table = deps.table;
    this.#peers = deps.peers;
    this.#random = deps.random;
  }

  /**
   * Sends the whole block to ceil(sqrt(n)) of the n peers, picked at random among those that don't know it
   * (caps/eth.md, Block Propagation), the nearest first. `totalDifficulty` is that of the chain up to the block.
   */
  propagate(nowMs: number, block: Block, totalDifficulty: bigint): void {
    const unaware = this.#unaware(block.hash);
    const wanted = Math.min(unaware.length, Math.ceil(Math.sqrt(this.#table.size)));
    if (wanted === 0) return;
    for (let picked = 0; picked < wanted; picked++) {
      // A partial Fisher-Yates shuffle: the first `wanted` places hold a random choice.
      const pick = picked + this.#random.below(unaware.length - picked);
      const peer = unaware[pick] as EthPeer;
      unaware[pick] = unaware[picked] as EthPeer;
      unaware[picked] = peer;
    }
    const chosen = unaware.slice(0, wanted);
    const rtt = new Map(chosen.map((peer) => [peer, this.#peers.rttMs(peer.conn) ?? Number.POSITIVE_INFINITY]));
    chosen.sort((a, b) => compare(rtt.get(a), rtt.get(b)));
    const payload = newBlock.encode({ block, totalDifficulty });
    const pauseMs = payload.length / BYTES_PER_MS;
    const leaving = {
      hash: block.hash,
      payload,
      peers: chosen,
      pauseMs: pauseMs < LEAST_PAUSE_MS ? 0 : pauseMs,
      nextAtMs: nowMs,
    };
    this.#leaving.push(leaving);
    if (this.#leaving.length > MAX_LEAVING) this.#leaving.shift();
    this.tick(nowMs);
  }

  /** Announces an imported block by hash to every peer that doesn't know it and gets no copy. */
  announce(hash: Hash32, number: number): void {
    const waiting = new Set(this.#leaving.find((leaving) => leaving.hash === hash)?.peers);
    const unaware = this.#unaware(hash).filter((peer) => !waiting.has(peer));
    if (unaware.length === 0) return;
    const payload = newBlockHashes.encode([{ hash, number }]);
    for (const peer of unaware) {
      peer.knownBlocks.add(hash);
      this.#peers.send(peer.conn, newBlockHashes.code, payload);
    }
  }

  tick(nowMs: number): void {
    if (nowMs < this.nextWake()) return;
    for (const leaving of this.#leaving) {
      while (leaving.peers.length > 0 && leaving.nextAtMs <= nowMs) {
        const peer = leaving.peers.shift();
        if (peer !== undefined && this.#sendTo(peer, leaving)) leaving.nextAtMs = nowMs + leaving.pauseMs;
      }
    }
    this.#leaving = this.#leaving.filter(({ peers }) => peers.length > 0);
  }

  nextWake(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { nextAtMs } of this.#leaving) earliest = Math.min(earliest, nextAtMs);
    return earliest;
  }

  /** False if the peer is gone, doesn't read, or has heard of the block meanwhile. */
  #sendTo(peer: EthPeer, { hash, payload }: Leaving): boolean {
    if (this.#table.get(peer.conn) !== peer || !this.#isUnaware(peer, hash)) return false;
    peer.knownBlocks.add(hash);
    this.#peers.send(peer.conn, newBlock.code, payload);
    return true;
  }

  /** A peer that doesn't read is left out: its queue would only grow, and it learns of the block from others. */
  #isUnaware(peer: EthPeer, hash: Hash32): boolean {
    return !peer.knownBlocks.has(hash) && this.#peers.isWritable(peer.conn);
  }

  #unaware(hash: Hash32): EthPeer[] {
    return [...this.#table.values()].filter((peer) => this.#isUnaware(peer, hash));
  }
}

/** For round trips that may be unknown, which is Infinity; the sort is stable. */
function compare(a = 0, b = 0): number {
  return a === b ? 0 : a - b;
}
