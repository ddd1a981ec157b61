import type { NodeId, PublicKey } from '../base/brand.js';
import type { Result } from '../base/result.js';
import type { Identity, IdentityScheme } from '../ports/identity.js';
import type { KvBatch } from '../ports/kv.js';
import type { Log } from '../ports/log.js';
import type { Random } from '../ports/random.js';
import type { Block } from '../types/block.js';
import type { SocketAddress } from '../types/endpoint.js';
import type { Enode } from '../types/enode.js';
import type { Enr } from '../types/enr.js';
import type { Transaction } from '../types/transaction.js';
import type { Channel } from '../wire/channel.js';
import type { BlockResult, BlockSink, BlockSource, ChainReader, TxResult, TxSink } from './backend.js';
import type { DiscoveryCounters, LookupDone, TableNodeView } from './discovery/discovery.js';
import type { NodeRecords } from './discovery/node-records.js';
import type { SyncStatus } from './eth/service.js';
import type { ConnId, Emit, NetInput } from './io.js';
import type {
  BanView,
  DialOutcome,
  FailureView,
  NetCounters,
  NodeInfoView,
  PeerEvent,
  PeerView,
  ScoreView,
} from './peer-view.js';

/** One record of the peers database, as the host read it at start. */
export type StoredPeer = readonly [key: Uint8Array, value: Uint8Array];

/** What a swarm is made of; everything else it makes itself. */
export interface SwarmDeps {
  readonly identity: Identity;
  readonly scheme: IdentityScheme;
  readonly random: Random;
  readonly emit: Emit;
  readonly log: Log;
  /** Reads another node's record in place of `decodeEnr`: who hosts many nodes lets them share what they read. */
  readonly readEnr?: ((raw: Uint8Array) => Enr) | undefined;
  /** The records of other nodes; who hosts many nodes of one scheme lets them share it. */
  readonly records?: NodeRecords | undefined;
  readonly chain: ChainReader;
  readonly blocks: BlockSink;
  readonly txs: TxSink;
  /** A fresh channel; with `remote` the one that opens (we dialed), without the one that answers. */
  readonly channelFactory: (remote: PublicKey | undefined) => Channel;
  /** The whole peers database: address book, bans, and the number of our record. Records that don't decode are skipped. Scores start afresh. */
  readonly storedPeers: Iterable<StoredPeer>;
  /** Told when a peer is active or gone (`admin_peerEvents`). */
  readonly onPeerEvent?: ((event: PeerEvent) => void) | undefined;
}

/** Settings; each has its command-line flag. */
export interface SwarmConfig {
  /** Client name of our Hello, like `grapevine/v0.1.0/linux/node20`. */
  readonly clientName: string;
  /** Where the host listens; port 0 is replaced before start by the bound one. */
  readonly listen: SocketAddress;
  readonly udpPort: number;
  /** `--nat extip:IP`. */
  readonly externalIp: string | undefined;
  readonly maxPeers: number;
  readonly noDiscovery: boolean;
  readonly bootnodes: readonly Enode[];
  readonly staticPeers: readonly Enode[];
  readonly trustedPeers: readonly Enode[];
  /** CIDRs; undefined: no restriction. */
  readonly netRestrict: readonly string[] | undefined;
  /** Treat 127/8 as public, group limits included (tests of those limits over real sockets). */
  readonly loopbackRoutable: boolean;
}

/** Why a command about a peer was refused; `message` is fit for an RPC error. */
export interface PeerCommandError {
  readonly code: 'bad-node' | 'no-endpoint' | 'self' | 'banned' | 'restricted' | 'bad-target' | 'full';
  readonly message: string;
}

/**
 * The network wing as one synchronous machine: discovery, connections, defence and eth behind a single input and a
 * single clock. All methods run to completion; `nowMs` never goes back by more than the host's clock does.
 */
export interface Swarm {
  /** Starts discovery and the first dials. */
  start(nowMs: number): void;
  /** Tells every peer `client quitting` and closes; streams close as the host flushes them. No dial follows. */
  stop(nowMs: number): void;
  handle(nowMs: number, input: NetInput): void;
  tick(nowMs: number): void;
  /** The part of `tick` that comes up again and again in a node at rest: discovery, and the dials that follow from it. */
  tickDiscovery(nowMs: number): void;
  /** When `tick` is due, in ms; Infinity if never. */
  nextWake(): number;
  /** When `tickDiscovery` is due. A datagram, and `tickDiscovery` itself, change nothing but this of what `nextWake` gives. */
  nextDiscoveryWake(): number;
  /** When `tick` is due for the sake of the rest. */
  nextSessionWake(): number;

  onHeadChanged(nowMs: number, block: Block, mined: boolean): void;
  onBlockResult(nowMs: number, block: Block, source: BlockSource, result: BlockResult): void;
  onTransactionsAdded(nowMs: number, transactions: readonly Transaction[]): void;
  onTransactionResults(
    nowMs: number,
    conn: ConnId,
    transactions: readonly Transaction[],
    results: readonly TxResult[],
  ): void;
  syncStatus(): SyncStatus;

  /** True while a peer is connected that is on our chain. */
  hasReadyPeer(): boolean;
  /** Active peers, oldest first. */
  peers(nowMs: number): PeerView[];
  /** Looks for the nodes closest to a key. Told of none at once if discovery is off, or busy with 8 lookups. */
  lookup(nowMs: number, target: PublicKey, onDone: LookupDone): void;
  /** Totals of discovery; undefined if it is off. */
  discoveryCounters(): DiscoveryCounters | undefined;
  /** The nodes of discovery's table; none if it is off. */
  discoveryTable(): readonly TableNodeView[];
  nodeInfo(): NodeInfoView;
  counters(): NetCounters;
  /** Adds a static peer (`enode://` or `enr:`): dialed at once and again for ever. */
  addPeer(nowMs: number, node: string): Result<NodeId, PeerCommandError>;
  /** Forgets a static peer and disconnects it. Ok(false) if it was neither static nor connected. */
  removePeer(nowMs: number, node: string): Result<boolean, PeerCommandError>;
  /** What became of the dial that `addPeer` asked for. */
  dialOutcome(id: NodeId): DialOutcome;
  addTrusted(nowMs: number, node: string): Result<NodeId, PeerCommandError>;
  /** The peer stays connected as an ordinary one. */
  removeTrusted(nowMs: number, node: string): Result<boolean, PeerCommandError>;
  /** Bans a node id, enode or ip by hand, for `durationMs` or for ever, and disconnects it. */
  ban(nowMs: number, target: string, durationMs?: number): Result<BanView, PeerCommandError>;
  /** Lifts a ban, automatic ones too, and clears the node's score. Ok(false) if there was none. */
  unban(nowMs: number, target: string): Result<boolean, PeerCommandError>;
  bans(nowMs: number): BanView[];
  scores(nowMs: number): ScoreView[];
  /** Last failures, newest first. */
  failures(): FailureView[];
  /** Changes of the peers database since the last call; undefined if none. */
  takeBatch(nowMs: number): KvBatch | undefined;
}
