import type { Hash32, NodeId } from '../../base/brand.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import type { Transaction } from '../../types/transaction.js';
import type { EthVersion } from '../../wire/eth/protocol.js';
import type { BlockResult, BlockSink, BlockSource, ChainReader, TxResult, TxSink } from '../backend.js';
import type { ConnId } from '../io.js';
import type { PeerControl } from './peer-control.js';

/** A connection on which both sides have agreed on eth. */
export interface ActivePeer {
  readonly conn: ConnId;
  readonly nodeId: NodeId;
  readonly direction: 'in' | 'out';
  readonly version: EthVersion;
  readonly trusted: boolean;
  /** True for connections that carry blocks and no transactions: they are kept out of transaction gossip. */
  readonly blocksOnly?: boolean;
}

/** How far the node is, in block numbers; what `eth_syncing` tells. */
export interface SyncStatus {
  readonly syncing: boolean;
  readonly startingBlock: number;
  readonly currentBlock: number;
  readonly highestBlock: number;
}

/** What is known of a peer's chain; undefined before its Status. */
export interface PeerEthInfo {
  readonly version: EthVersion;
  readonly totalDifficulty: bigint;
  readonly headHash: Hash32;
}

/** What became of the handshake and of syncs, for the swarm and for log lines. */
export type EthEvent =
  /** The peer's Status is right: it is on our chain. */
  | { readonly kind: 'peer-ready'; readonly conn: ConnId }
  | { readonly kind: 'sync-started'; readonly conn: ConnId; readonly from: number; readonly target: number }
  | {
      readonly kind: 'sync-progress';
      readonly current: number;
      readonly target: number;
      /** Since the last such event. */
      readonly blocksPerSecond: number;
    }
  | { readonly kind: 'sync-finished'; readonly blocks: number; readonly ms: number }
  | { readonly kind: 'sync-failed'; readonly conn: ConnId; readonly reason: string };

/** The surroundings of the eth protocol. */
export interface EthDeps {
  readonly chain: ChainReader;
  readonly blocks: BlockSink;
  readonly txs: TxSink;
  readonly peers: PeerControl;
  readonly random: Random;
  readonly log: Log;
  readonly onEvent?: (nowMs: number, event: EthEvent) => void;
}

/** The eth protocol over all connections: a synchronous machine whose deadlines are data. */
export interface EthService {
  /** Newest first, for Hello. */
  readonly versions: readonly EthVersion[];
  /** Sends our Status at once. */
  onPeerActive(nowMs: number, peer: ActivePeer): void;
  /** `code` is relative to eth. Throws DecodeError for what does not decode; the service stays consistent. */
  onMessage(nowMs: number, conn: ConnId, code: number, payload: Uint8Array): void;
  /** The peer reads again after `PeerControl.isWritable` was false. */
  onPeerWritable(nowMs: number, conn: ConnId): void;
  onPeerGone(nowMs: number, conn: ConnId): void;
  /** The head is now `block`; `mined` if we made it. */
  onHeadChanged(nowMs: number, block: Block, mined: boolean): void;
  /** The answer to a submitted block, in the order of submission. */
  onBlockResult(nowMs: number, block: Block, source: BlockSource, result: BlockResult): void;
  /** The pool holds these as executable now, from whatever source. */
  onTransactionsAdded(nowMs: number, transactions: readonly Transaction[]): void;
  /** The answer to submitted transactions, in the same order. */
  onTransactionResults(
    nowMs: number,
    conn: ConnId,
    transactions: readonly Transaction[],
    results: readonly TxResult[],
  ): void;
  tick(nowMs: number): void;
  /** When `tick` wants to be called next, in ms; Infinity if nothing is pending. */
  nextWake(): number;
  syncStatus(): SyncStatus;
  peerEthInfo(conn: ConnId): PeerEthInfo | undefined;
}
