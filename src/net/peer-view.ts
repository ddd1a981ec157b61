import type { Hash32, NodeId } from '../base/brand.js';
import type { SocketAddress } from '../types/endpoint.js';
import type { ConnId } from './io.js';

/** How the connections to one peer came about and are treated. */
export interface PeerNetworkView {
  /** Undefined if the host does not tell it. */
  readonly localAddress: SocketAddress | undefined;
  readonly remoteAddress: SocketAddress;
  readonly inbound: boolean;
  /** Exempt from slots and bans. */
  readonly trusted: boolean;
  /** Dialed again for ever, by configuration or `addPeer`. */
  readonly static: boolean;
}

/** What an active peer said of its chain; undefined before its Status. */
export interface PeerEthView {
  readonly version: number;
  readonly head: Hash32;
  readonly difficulty: bigint;
}

/** One connected peer, as `admin_peers` shows it. Times in ms, counters since the connection opened. */
export interface PeerView {
  readonly conn: ConnId;
  readonly id: NodeId;
  readonly enode: string;
  /** Its signed record, `enr:...`, if discovery was given it. */
  readonly enr: string | undefined;
  readonly name: string;
  /** Capabilities of its Hello, like `eth/68`. */
  readonly caps: readonly string[];
  readonly network: PeerNetworkView;
  readonly eth: PeerEthView | undefined;
  /** -100 (banned) to 0 (never did anything wrong). */
  readonly score: number;
  /** The last ping's round trip; undefined before the first pong. */
  readonly rttMs: number | undefined;
  readonly connectedAtMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** The last fault that it was charged with, in words. */
  readonly lastFault: string | undefined;
}

/** This node, as `admin_nodeInfo` shows it. */
export interface NodeInfoView {
  readonly id: NodeId;
  /** With an address that others can dial as far as we know. */
  readonly enode: string;
  readonly enr: string;
  readonly ip: string;
  readonly ports: { readonly discovery: number; readonly listener: number };
  readonly listenAddr: string;
  readonly name: string;
  /** How far our clock is ahead of other nodes' (negative: behind), if by too much. */
  readonly clockAheadMs: number | undefined;
  readonly eth: {
    readonly network: bigint;
    readonly difficulty: bigint;
    readonly genesis: Hash32;
    readonly head: Hash32;
  };
}

/** Why a node is not (or no longer) a peer: the last reason only. */
export interface FailureView {
  readonly id: NodeId | undefined;
  readonly address: SocketAddress;
  readonly direction: 'in' | 'out';
  /** A fault code, a disconnect reason or a dial failure. */
  readonly code: string;
  /** The reason in words, with what was expected and got. */
  readonly detail: string;
  readonly atMs: number;
  /** How often in a row. */
  readonly count: number;
  /** When it may be dialed again; undefined if it is not going to be. */
  readonly nextDialMs: number | undefined;
}

/** A ban in force. */
export interface BanView {
  /** A node id or an ip. */
  readonly target: string;
  readonly manual: boolean;
  readonly reason: string;
  /** Infinity: until it is lifted. */
  readonly untilMs: number;
  readonly strikes: number;
}

/** One node's score as of now: `fast` and `hard` are its parts, both <= 0. */
export interface ScoreView {
  readonly id: NodeId;
  readonly score: number;
  readonly fast: number;
  readonly hard: number;
  readonly lastFault: string;
}

/** What became of a dial that `addPeer` asked for. */
export type DialOutcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string; readonly atMs: number }
  /** Never asked for, or removed. */
  | { readonly kind: 'unknown' };

/** `admin_peerEvents`: a peer came (it passed Hello) or went. */
export type PeerEvent =
  | { readonly kind: 'add'; readonly peer: NodeId; readonly remote: SocketAddress; readonly inbound: boolean }
  | { readonly kind: 'drop'; readonly peer: NodeId; readonly remote: SocketAddress; readonly reason: string };

/** Totals since the start. */
export interface NetCounters {
  readonly peersInbound: number;
  readonly peersOutbound: number;
  /** Slots of our own choice that are taken: by a peer that we dialed, or that dialed us at the same moment. */
  readonly dialedSlots: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly dials: number;
  readonly dialFailures: number;
  readonly inboundRefused: number;
  /** Closed connections by reason (disconnect reason or fault code). BOUNDED: by those closed unions. */
  readonly disconnects: ReadonlyMap<string, number>;
}
