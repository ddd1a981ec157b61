import type { Node } from '../node/node.js';

/** A head older than this many seconds means that the node can't be up to date, unless it mines alone. */
const STALE_HEAD_SECONDS = 15 * 60;

/** What `/readyz` tells beside the verdict. */
export interface NodeHealth {
  readonly head: number;
  readonly headAgeSeconds: number;
  readonly peers: number;
  readonly syncing: boolean;
}

/** The node's head and peers as of now. */
export function health(node: Node, nowMs: number): NodeHealth {
  const { header } = node.rooms.chain.head();
  return {
    head: header.number,
    headAgeSeconds: Math.max(0, Math.round(nowMs / 1000 - header.timestamp)),
    peers: node.rooms.swarm.peers(nowMs).length,
    syncing: node.rooms.swarm.syncStatus().syncing,
  };
}

/** Whether the node can serve, and if not, why; and what its operator should see to, which others can't turn into an outage. */
export function readiness(node: Node, nowMs: number): { ready: boolean; reasons: string[]; warnings: string[] } {
  const { headAgeSeconds, peers, syncing } = health(node, nowMs);
  const reasons: string[] = [];
  if (syncing) reasons.push('syncing');
  const mining = node.rooms.mining.searching();
  if (peers === 0 && !mining) reasons.push('no peers');
  if (headAgeSeconds > STALE_HEAD_SECONDS && !mining) reasons.push(`head is ${headAgeSeconds} s old`);
  return { ready: reasons.length === 0, reasons, warnings: warningsOf(node) };
}

function warningsOf({ rooms }: Node): string[] {
  const { clockAheadMs } = rooms.swarm.nodeInfo();
  if (clockAheadMs === undefined) return [];
  const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
  return [`the clock is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} those of other nodes`];
}
