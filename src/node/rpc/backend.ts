import type { RpcBackend } from '../../rpc/backend.js';
import type { Node } from '../node.js';
import { createRpcChain } from './chain.js';
import type { HostFacts, RunCommand } from './host-facts.js';
import { createRpcMiner } from './miner.js';
import { createRpcNet } from './net.js';
import { createRpcPool } from './pool.js';

/** The node as JSON-RPC sees it: reads look at the rooms between two steps, writes run as commands. */
export function createRpcBackend(node: Node, run: RunCommand, facts: HostFacts): RpcBackend {
  return {
    chain: createRpcChain(node.rooms, run, facts.networkId),
    pool: createRpcPool(node.rooms, run),
    net: createRpcNet(node.rooms, run),
    miner: createRpcMiner(node.rooms, run, facts),
    node: facts.node,
    host: facts.host,
  };
}
