import type { Hash32, NodeId } from '../../base/brand.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import type { Block } from '../../types/block.js';
import type { Transaction } from '../../types/transaction.js';
import { blockBodies } from '../../wire/eth/block-bodies.js';
import { blockHeaders } from '../../wire/eth/block-headers.js';
import { ethMessage } from '../../wire/eth/messages.js';
import { pooledTransactions } from '../../wire/eth/pooled-transactions.js';
import { ETH_VERSIONS, EthCode, type EthVersion } from '../../wire/eth/protocol.js';
import { status as statusMessage } from '../../wire/eth/status.js';
import type { BlockResult, BlockSink, BlockSource, ChainReader, TxResult, TxSink } from '../backend.js';
import type { ConnId } from '../io.js';
import { BlockGossip } from './block-gossip.js';
import { GossipBudget } from './gossip-budget.js';
import { checkStatus, localStatus, STATUS_TIMEOUT_MS } from './handshake.js';
import { type EthPeer, ethPeer } from './peer.js';
import type { PeerControl } from './peer-control.js';
import { ReadGate } from './read-gate.js';
import { deliverReply, failRequests } from './replies.js';
import { type OwnRequestKind, RequestTable } from './requests.js';
import { Server } from './serve.js';
import { Sync } from './sync/sync.js';
import { logSync } from './sync/sync-log.js';
import { TxGossip } from './tx-gossip.js';

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
  /** True while a sync runs that has shown more work than our chain: what a peer claims is not enough. */
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
  /** It has shown more work than our chain: there is something to it. */
  | { readonly kind: 'sync-proven'; readonly conn: ConnId; readonly from: number; readonly target: number }
  | {
      readonly kind: 'sync-progress';
      readonly current: number;
      readonly target: number;
      /** Since the last such event. */
      readonly blocksPerSecond: number;
      /** What is left at this speed; undefined while nothing moves. */
      readonly etaSeconds: number | undefined;
      /** Peers that serve the sync. */
      readonly sources: number;
    }
  | { readonly kind: 'sync-finished'; readonly blocks: number; readonly ms: number }
  /** The sync goes on with another master. */
  | { readonly kind: 'sync-master-out'; readonly conn: ConnId; readonly reason: string }
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
  /** True while a peer is connected whose Status is right. */
  hasReadyPeer(): boolean;
  peerEthInfo(conn: ConnId): PeerEthInfo | undefined;
}

/** A connection that has not sent its Status yet. */
interface Waiting {
  readonly peer: ActivePeer;
  /** The head that our Status told it of. */
  readonly toldHead: Hash32;
  readonly deadlineMs: number;
}

/** The eth protocol with its parts wired together: it routes, they act. */
export function createEthService(deps: EthDeps): EthService {
  const { chain, peers } = deps;
  const waiting = new Map<ConnId, Waiting>(); // BOUNDED: by the connection slots
  const table = new Map<ConnId, EthPeer>(); // BOUNDED: by the connection slots
  const lots = deps.random.fork('eth-lots');
  const requests = new RequestTable(peers);
  const gate = new ReadGate(peers);
  const budget = new GossipBudget((conn, paused) => gate.set(conn, 'gossip', paused));
  const { blocks, txs, log } = deps;
  const server = new Server({
    chain,
    txs,
    peers,
    pauseRead: (conn, paused) => gate.set(conn, 'replies', paused),
    onBodies: (nowMs, conn, hashes) => blockGossip.onServed(nowMs, conn, hashes),
  });
  const blockRandom = deps.random.fork('eth-blocks');
  const blockGossip = new BlockGossip({ chain, blocks, table, peers, requests, random: blockRandom, log, budget });
  const txGossip = new TxGossip({ txs, table, peers, requests, random: deps.random.fork('eth-transactions') });
  const isComing = (hash: Hash32): boolean => blockGossip.isComing(hash);
  const sync = new Sync({ chain, blocks, peers, requests, table, emit, isComing });
  const ticking = [server, budget, blockGossip, txGossip, sync];
  const timed = [requests, ...ticking];

  function emit(nowMs: number, event: EthEvent): void {
    if (event.kind === 'sync-finished') blockGossip.announceHead(nowMs);
    logSync(deps.log, event, (conn) => (table.get(conn) ?? waiting.get(conn)?.peer)?.nodeId);
    deps.onEvent?.(nowMs, event);
  }

  function onStatus(nowMs: number, conn: ConnId, code: number, payload: Uint8Array): void {
    const entry = waiting.get(conn);
    if (entry === undefined) return;
    if (code !== EthCode.status) {
      peers.fault(nowMs, conn, {
        code: 'unexpected-message',
        message: nameOf(entry.peer, code),
        state: 'before Status',
      });
      return;
    }
    const status = statusMessage.decode(payload);
    waiting.delete(conn);
    const fault = checkStatus(chain, entry.peer.version, status);
    if (fault !== undefined) {
      peers.fault(nowMs, conn, fault);
      return;
    }
    const peer = ethPeer(entry.peer, status, lots.below(2 ** 32));
    table.set(conn, peer);
    emit(nowMs, { kind: 'peer-ready', conn });
    blockGossip.greet(peer, entry.toldHead);
    txGossip.greet(peer);
    sync.addPeer(nowMs, conn);
  }

  /** True if it was late. */
  function onReply(nowMs: number, conn: ConnId, kind: OwnRequestKind, requestId: bigint, items: readonly Uint8Array[]) {
    try {
      return deliverReply(nowMs, requests, peers, { conn, kind, requestId, items });
    } finally {
      sync.onRoom(nowMs);
      sync.poke(nowMs);
    }
  }

  function onGossip(nowMs: number, peer: EthPeer, code: number, payload: Uint8Array): void {
    budget.spend(nowMs, peer.conn, payload.length);
    switch (code) {
      case EthCode.newBlock:
        blockGossip.onNewBlock(nowMs, peer, payload);
        sync.pokeBy(nowMs, peer);
        return;
      case EthCode.newBlockHashes:
        blockGossip.onNewBlockHashes(nowMs, peer, payload);
        sync.pokeBy(nowMs, peer);
        return;
      case EthCode.transactions:
        txGossip.onTransactions(nowMs, peer, payload);
        return;
      case EthCode.newPooledTransactionHashes:
        txGossip.onAnnouncement(nowMs, peer, payload);
        return;
    }
  }

  function onPeerMessage(nowMs: number, peer: EthPeer, code: number, payload: Uint8Array): void {
    const { conn } = peer;
    switch (code) {
      case EthCode.status:
        peers.fault(nowMs, conn, { code: 'unexpected-message', message: statusMessage.name, state: 'after Status' });
        return;
      case EthCode.blockHeaders: {
        const { requestId, items } = blockHeaders.decode(payload);
        onReply(nowMs, conn, 'headers', requestId, items);
        return;
      }
      case EthCode.blockBodies: {
        const { requestId, items } = blockBodies.decode(payload);
        onReply(nowMs, conn, 'bodies', requestId, items);
        return;
      }
      case EthCode.pooledTransactions: {
        const { requestId, transactions } = pooledTransactions.decode(payload);
        if (!onReply(nowMs, conn, 'pooled-transactions', requestId, transactions)) return;
        // Nobody else may have them, and it does not announce them twice: they are as good as ones that came by themselves.
        budget.spend(nowMs, conn, payload.length);
        txGossip.take(nowMs, peer, transactions);
        return;
      }
      case EthCode.receipts:
      case EthCode.nodeData:
        // We never ask for these.
        peers.fault(nowMs, conn, { code: 'unsolicited-reply', request: 'receipts' });
        return;
      default:
        if (!server.onMessage(nowMs, conn, code, payload)) onGossip(nowMs, peer, code, payload);
    }
  }

  function nextWake(): number {
    let earliest = waiting.values().next().value?.deadlineMs ?? Number.POSITIVE_INFINITY;
    for (const part of timed) earliest = Math.min(earliest, part.nextWake());
    return earliest;
  }

  return {
    versions: ETH_VERSIONS,
    onPeerActive(nowMs, peer) {
      const told = localStatus(chain, peer.version);
      waiting.set(peer.conn, { peer, toldHead: told.headHash, deadlineMs: nowMs + STATUS_TIMEOUT_MS });
      peers.send(peer.conn, statusMessage.code, statusMessage.encode(told));
    },
    onMessage(nowMs, conn, code, payload) {
      const peer = table.get(conn) ?? waiting.get(conn)?.peer;
      if (peer === undefined) return;
      const message = ethMessage(peer.version, code);
      if (message === undefined) {
        peers.fault(nowMs, conn, { code: 'unknown-message', messageCode: code });
      } else if (payload.length > message.maxBytes) {
        peers.fault(nowMs, conn, { code: 'oversized-message', detail: `${message.name} of ${payload.length} bytes` });
      } else {
        const ready = table.get(conn);
        if (ready === undefined) onStatus(nowMs, conn, code, payload);
        else onPeerMessage(nowMs, ready, code, payload);
      }
    },
    onPeerWritable(nowMs, conn) {
      blockGossip.onWritable(conn);
      server.onWritable(nowMs, conn);
      txGossip.onWritable(nowMs, conn);
      sync.onRoom(nowMs);
    },
    onPeerGone(nowMs, conn) {
      waiting.delete(conn);
      if (!table.delete(conn)) return;
      for (const part of [server, budget, gate, blockGossip, txGossip]) part.dropPeer(conn);
      const open = requests.dropPeer(conn);
      sync.dropPeer(nowMs, conn);
      failRequests(nowMs, open, 'gone', peers);
      sync.onRoom(nowMs);
      // A block may have been on its way from this peer that others claim as well.
      sync.recheck();
    },
    onHeadChanged(nowMs, block, mined) {
      txGossip.onHeadChanged(block);
      // After a rewind a peer's chain may be heavier than ours again.
      sync.recheck();
      // While a sync runs its blocks are old news; it announces its last one.
      if (mined || !sync.status().syncing) blockGossip.onHeadChanged(nowMs, block, mined);
    },
    onBlockResult(nowMs, block, source, result) {
      if (source.how === 'sync') {
        blockGossip.onRoom(block);
        sync.onBlockResult(nowMs, block, result);
      } else {
        blockGossip.onBlockResult(nowMs, block, source, result);
        sync.onRoom(nowMs);
        sync.poke(nowMs);
      }
    },
    onTransactionsAdded(nowMs, transactions) {
      txGossip.onAdded(nowMs, transactions);
    },
    onTransactionResults(nowMs, conn, transactions, results) {
      txGossip.onResults(nowMs, conn, transactions, results);
    },
    tick(nowMs) {
      if (nowMs < nextWake()) return;
      // Everyone is given the same time: the first in the map is the first to be due.
      for (const [conn, entry] of waiting) {
        if (entry.deadlineMs > nowMs) break;
        waiting.delete(conn);
        peers.fault(nowMs, conn, { code: 'handshake-timeout', stage: 'status' });
      }
      failRequests(nowMs, requests.takeExpired(nowMs), 'timeout', peers);
      for (const part of ticking) part.tick(nowMs);
    },
    nextWake,
    syncStatus: () => sync.status(),
    hasReadyPeer: () => table.size > 0,
    peerEthInfo(conn) {
      const peer = table.get(conn);
      if (peer === undefined) return undefined;
      const { version, claim } = peer;
      return { version, totalDifficulty: claim.totalDifficulty, headHash: claim.hash };
    },
  };
}

const nameOf = (peer: ActivePeer, code: number): string => ethMessage(peer.version, code)?.name ?? `message ${code}`;
