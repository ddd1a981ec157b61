import type { RpcBackend, RpcNode } from '../../rpc/backend.js';
import type { Node, NodeRooms } from '../node.js';
import { createRpcChain } from './chain.js';
import { createRpcMiner } from './miner.js';
import { createRpcNet } from './net.js';
import { createRpcPool } from './pool.js';

/** Runs a command on the node's rooms with the time; the transport has opened a step around the whole call already. */
export type RunCommand = <T>(command: (rooms: NodeRooms, nowMs: number) => T) => T;

/** What only the host knows. */
export interface HostFacts {
  readonly networkId: bigint;
  /** Hashes a second of our own threads. */
  readonly hashrate: () => number;
  readonly setThreads: (threads: number) => void;
  readonly node: RpcNode;
}

/** The node as JSON-RPC sees it: reads look at the rooms between two steps, writes run as commands. */
export function createRpcBackend(node: Node, run: RunCommand, facts: HostFacts): RpcBackend {
  return {
    chain: createRpcChain(node.rooms, run, facts.networkId),
    pool: createRpcPool(node.rooms, run),
    net: createRpcNet(node.rooms, run),
    miner: createRpcMiner(node.rooms, run, facts),
    node: facts.node,
  };
}
