import { createRpcClient } from '../lib/rpc-client.js';
import type { DevnetNetwork, DevnetNode } from './network-file.js';
import { runningPid } from './processes.js';

/** What a node says of itself; `running` without `head` means that it does not answer. */
export interface NodeStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly rpcUrl: string;
  readonly p2pPort: number;
  readonly miner: boolean;
  readonly head: HeadStatus | undefined;
}

/** The part of a status that only an answering node has. */
export interface HeadStatus {
  readonly number: number;
  readonly hash: string;
  /** Seconds since the head's timestamp. */
  readonly ageSeconds: number;
  readonly peers: number;
  readonly syncing: boolean;
  readonly mining: boolean;
  readonly hashrate: number;
  readonly pending: number;
  readonly queued: number;
}

interface RpcHead {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
}

async function headStatus(rpcUrl: string): Promise<HeadStatus> {
  const client = createRpcClient(rpcUrl);
  const results = await client.callAll([
    ['eth_getBlockByNumber', 'latest', false],
    ['net_peerCount'],
    ['eth_syncing'],
    ['eth_mining'],
    ['eth_hashrate'],
    ['txpool_status'],
  ]);
  const [head, peers, syncing, mining, hashrate, pool] = results as [
    RpcHead,
    string,
    unknown,
    boolean,
    string,
    { pending: string; queued: string },
  ];
  return {
    number: Number(head.number),
    hash: head.hash,
    ageSeconds: Math.max(0, Math.round(Date.now() / 1000 - Number(head.timestamp))),
    peers: Number(peers),
    syncing: syncing !== false,
    mining,
    hashrate: Number(hashrate),
    pending: Number(pool.pending),
    queued: Number(pool.queued),
  };
}

/** Asks one node; never throws. */
export async function nodeStatus(node: DevnetNode): Promise<NodeStatus> {
  const pid = runningPid(node);
  const head = pid === undefined ? undefined : await headStatus(node.rpcUrl).catch(() => undefined);
  return { name: node.name, pid, rpcUrl: node.rpcUrl, p2pPort: node.p2pPort, miner: node.miner, head };
}

/** Asks all nodes of a network at once. */
export function networkStatus(network: DevnetNetwork): Promise<NodeStatus[]> {
  return Promise.all(network.nodes.map(nodeStatus));
}

/** The newest block that every node holds with the same hash, if it is at least `atLeast` and all have `peers` peers. */
export function agreedBlock(statuses: readonly NodeStatus[], peers: number, atLeast: number): number | undefined {
  const heads = statuses.map((status) => status.head);
  const first = heads[0];
  if (first === undefined || first.number < atLeast) return undefined;
  const agreed = heads.every((head) => head !== undefined && head.hash === first.hash && head.peers >= peers);
  return agreed ? first.number : undefined;
}
