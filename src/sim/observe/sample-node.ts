import type { SimNode } from '../machines/sim-node.js';
import type { NodeSample } from './observation.js';

const STOPPED: NodeSample = {
  ...{ running: false, inbound: 0, outbound: 0, headNumber: 0, headHash: '' },
  ...{ bans: 0, pooled: 0, bytesIn: 0, bytesOut: 0 },
};

/** What a node is like now; changes nothing. */
export function sampleNode(node: SimNode | undefined): NodeSample {
  if (node?.running() !== true) return STOPPED;
  const { swarm, chain, pool } = node.rooms();
  const head = chain.head();
  const { pending, queued } = pool.stats();
  const streams = swarm.counters();
  const datagrams = swarm.discoveryCounters();
  return {
    running: true,
    inbound: streams.peersInbound,
    outbound: streams.peersOutbound,
    headNumber: head.header.number,
    headHash: head.hash,
    bans: swarm.bans(node.nowMs()).length,
    pooled: pending + queued,
    bytesIn: streams.bytesIn + (datagrams?.receivedBytes ?? 0),
    bytesOut: streams.bytesOut + (datagrams?.sentBytes ?? 0),
  };
}
