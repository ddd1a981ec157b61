import type { Hash32 } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import { newBlock } from '../../wire/eth/new-block.js';
import { newBlockHashes } from '../../wire/eth/new-block-hashes.js';
import type { EthPeer, PeerTable } from './peer.js';
import type { PeerControl } from './peer-control.js';

/** Tells peers of blocks: whole to a few, by hash to the rest, to none that knows them. */
export class BlockBroadcast {
  readonly #table: PeerTable;
  readonly #peers: PeerControl;
  readonly #random: Random;

  constructor(deps: { readonly table: PeerTable; readonly peers: PeerControl; readonly random: Random }) {
    this.#table = deps.table;
    this.#peers = deps.peers;
    this.#random = deps.random;
  }

  /**
   * Sends the whole block to ceil(sqrt(n)) of the n peers, picked at random among those that don't know it
   * (caps/eth.md, Block Propagation). `totalDifficulty` is that of the chain up to the block.
   */
  propagate(block: Block, totalDifficulty: bigint): void {
    const unaware = this.#unaware(block.hash);
    const wanted = Math.min(unaware.length, Math.ceil(Math.sqrt(this.#table.size)));
    if (wanted === 0) return;
    const payload = newBlock.encode({ block, totalDifficulty });
    for (let sent = 0; sent < wanted; sent++) {
      // A partial Fisher-Yates shuffle: the first `wanted` places hold a random choice.
      const pick = sent + this.#random.below(unaware.length - sent);
      const peer = unaware[pick] as EthPeer;
      unaware[pick] = unaware[sent] as EthPeer;
      peer.knownBlocks.add(block.hash);
      this.#peers.send(peer.conn, newBlock.code, payload);
    }
  }

  /** Announces an imported block by hash to every peer that doesn't know it. */
  announce(hash: Hash32, number: number): void {
    const unaware = this.#unaware(hash);
    if (unaware.length === 0) return;
    const payload = newBlockHashes.encode([{ hash, number }]);
    for (const peer of unaware) {
      peer.knownBlocks.add(hash);
      this.#peers.send(peer.conn, newBlockHashes.code, payload);
    }
  }

  /** A peer that doesn't read is left out: its queue would only grow, and it learns of the block from others. */
  #unaware(hash: Hash32): EthPeer[] {
    return [...this.#table.values()].filter((peer) => !peer.knownBlocks.has(hash) && this.#peers.isWritable(peer.conn));
  }
}
