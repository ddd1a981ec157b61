import type { RpcHost, RpcNode } from '../../rpc/backend.js';
import type { NodeRooms } from '../node.js';

/** Runs a command on the node's rooms as a step of its own, and carries out at once what it led to. */
export type RunCommand = <T>(command: (rooms: NodeRooms, nowMs: number) => T) => T;

/** What only the host knows. */
export interface HostFacts {
  readonly networkId: bigint;
  /** Hashes a second of our own threads. */
  readonly hashrate: () => number;
  readonly setThreads: (threads: number) => void;
  readonly setMaxHashrate: (hashes: number | undefined) => void;
  readonly node: RpcNode;
  readonly host: RpcHost;
}
