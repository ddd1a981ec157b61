import type { NodeId, PublicKey } from '../../base/brand.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import type { Endpoint, SocketAddress } from '../../types/endpoint.js';
import type { Enode } from '../../types/enode.js';
import type { Enr } from '../../types/enr.js';
import type { Emit } from '../io.js';
import type { NodeRecords } from './node-records.js';

/** A node of the network as discovery knows it. */
export interface NodeRecord {
  readonly publicKey: PublicKey;
  readonly nodeId: NodeId;
  readonly endpoint: Endpoint;
  /** Its signed record, where it was asked for and came. */
  readonly enr?: Enr | undefined;
}

/** A node worth keeping over a restart. */
export interface StoredNode {
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint;
  /** When it last answered. */
  readonly lastSeenMs: number;
}

/** One line of the table, as `admin` and `debug` show it. */
export interface TableNodeView {
  readonly nodeId: NodeId;
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint;
  readonly bucket: number;
  /** Answered pings in a row, divided by three by each failure. 0: not yet verified by us. */
  readonly livenessChecks: number;
  readonly replacement: boolean;
  readonly addedAtMs: number;
  readonly enrSeq: bigint | undefined;
}

/** What discovery needs from outside. */
export interface DiscoveryDeps {
  readonly identity: Identity;
  readonly scheme: IdentityScheme;
  readonly random: Random;
  readonly emit: Emit;
  readonly log: Log;
  /** The record in the bytes, its signature checked; throws DecodeError. */
  readonly readEnr: (raw: Uint8Array) => Enr;
  /** The records of nodes; those of the same scheme can share it. */
  readonly records?: NodeRecords | undefined;
  /**
   * A node has proved that it holds its key and receives at its address, and has stated its TCP port itself (or the user
   * or our book did). Told again when its record or endpoint changes, and at most once a minute otherwise.
   */
  readonly onNode: (nowMs: number, node: NodeRecord) => void;
  /** True while we look for more nodes to connect to. */
  readonly wantsNodes: () => boolean;
  /** The addresses of those whose sessions with us are up, and were opened by them. */
  readonly acceptedFrom: () => readonly string[];
  /** Entries of our record beside `id`, `secp256k1` and the address: `['eth', rlp bytes]`. */
  readonly enrPairs: ReadonlyMap<string, Uint8Array>;
  /** The sequence number our record starts from: above every one published before (EIP-778). */
  readonly enrSeq: bigint;
}

/** How discovery behaves. */
export interface DiscoveryConfig {
  /** Our own address as we know it at start; an ip of `0.0.0.0` or `::` means not known. */
  readonly endpoint: Endpoint;
  readonly bootnodes: readonly Enode[];
  /** Nodes from before the restart, tried beside the bootnodes. */
  readonly storedNodes: readonly StoredNode[];
  /**
   * Treats loopback and LAN addresses as public ones, subnet limits and hearsay rules included, so that these can be
   * tested over real sockets on 127.0.0.0/8. Without it no subnet limit applies to such addresses.
   */
  readonly loopbackRoutable: boolean;
  /** False switches off every limit by subnet: for private networks behind one address. */
  readonly groupLimits: boolean;
  /** True if datagrams may go to and come from `ip` (`--netrestrict`). */
  readonly isAllowed: (ip: string) => boolean;
}

/** Why a datagram or request came to nothing; counted by name. */
export type DropReason =
  | 'size'
  | 'no-port'
  | 'rate-limited'
  | 'not-allowed'
  | 'bad-hash'
  | 'bad-packet'
  | 'expired'
  | 'repeated'
  | 'unsolicited'
  | 'bad-signature'
  | 'self'
  | 'no-endpoint-proof'
  | 'ping-back-limited'
  | 'hearsay-limited'
  | 'bad-relay-address'
  | 'too-many-neighbors'
  | 'bad-record'
  | 'requests-full';

/** Running totals since the start. */
export interface DiscoveryCounters {
  readonly received: number;
  readonly sent: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Signature recoveries: the expensive part of a datagram. */
  readonly recoveries: number;
  readonly lookups: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** What a lookup took. */
export interface LookupEffort {
  /** Nodes asked one after the other, each named by the one before, until the closest one was found. */
  readonly hops: number;
  /** Nodes asked in all. */
  readonly queries: number;
}

/** The end of a lookup: the closest nodes that answered, closest first, at most 16. */
export type LookupDone = (nowMs: number, closest: readonly NodeRecord[], effort: LookupEffort) => void;

/** Finds other nodes by discv4. A synchronous machine: it acts only when called, and says when to be called next. */
export interface Discovery {
  start(nowMs: number): void;
  onDatagram(nowMs: number, from: SocketAddress, data: Uint8Array): void;
  /** Someone at `ip` has dialed us and proved its key: others can dial us. */
  onAccepted(nowMs: number, ip: string): void;
  tick(nowMs: number): void;
  /** When `tick` is due; Infinity before `start`. */
  nextWake(): number;
  /** Looks for the nodes closest to a key. At most 8 lookups run at once; beyond that `onDone` is called with none. */
  lookup(nowMs: number, target: PublicKey, onDone?: LookupDone): void;
  /** The signed record of another node, if it was asked for and came. */
  enrOf(nodeId: NodeId): Enr | undefined;
  /** Our signed record as it is now. */
  localEnr(): Enr;
  /** Changes our address; the record's sequence number rises if anything in it changed (EIP-778). */
  setEndpoint(endpoint: Endpoint): void;
  /** Sets or (undefined) removes a record entry, such as `eth` when the fork id changes. */
  setEnrPair(key: string, value: Uint8Array | undefined): void;
  addBootnodes(nowMs: number, nodes: readonly Enode[]): void;
  /** A node that a cut of the network had kept from us is back: if it answers, the table is widened, since it knows those beyond. */
  rejoin(nowMs: number, node: Enode): void;
  tableView(): readonly TableNodeView[];
  /** Verified nodes to keep for the next start, longest known first, at most 200. */
  nodesToStore(): readonly StoredNode[];
  /** How far our clock is ahead of other nodes' (negative: behind), if by too much; undefined if it agrees, or nobody can tell. */
  clockAheadMs(): number | undefined;
  counters(): DiscoveryCounters;
}
