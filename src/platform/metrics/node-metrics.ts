import type { Registry } from 'prom-client';
import type { NodeRooms } from '../../node/node.js';

/** The metrics of a running node in Prometheus's text form. */
export interface NodeMetrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** What the rooms don't know. */
export interface MetricSources {
  readonly rooms: NodeRooms;
  readonly nowMs: () => number;
  readonly hashrate: () => number;
}

/** The content type of Prometheus's text form, as prom-client names it. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics whose library is loaded at the first scrape: a node that nobody scrapes starts without it. */
export function createNodeMetrics(sources: MetricSources): NodeMetrics {
  let registry: Promise<Registry> | undefined;
  return {
    contentType: CONTENT_TYPE,
    async text() {
      registry ??= createRegistry(sources);
      return (await registry).metrics();
    },
  };
}

/**
 * Gauges that are read when they are asked for. Names follow geth's where the meaning is the same, so that its
 * dashboards work; what is ours alone begins with `grapevine_`.
 */
async function createRegistry(sources: MetricSources): Promise<Registry> {
  const { collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
  const { rooms } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };

  gauge('chain_head_block', 'number of the head block', () => rooms.chain.head().header.number);
  gauge('grapevine_chain_head_age_seconds', "seconds since the head's timestamp", () =>
    Math.max(0, sources.nowMs() / 1000 - rooms.chain.head().header.timestamp),
  );
  gauge('grapevine_chain_difficulty', 'difficulty of the head', () => Number(rooms.chain.head().header.difficulty));
  gauge('grapevine_import_queue_blocks', 'blocks that wait for their import', () => rooms.imports.size());
  gauge('txpool_pending', 'executable transactions', () => rooms.pool.stats().pending);
  gauge('txpool_queued', 'transactions behind a nonce gap', () => rooms.pool.stats().queued);
  gauge(
    'p2p_peers',
    'connected peers',
    () => rooms.swarm.counters().peersInbound + rooms.swarm.counters().peersOutbound,
  );
  gauge('p2p_peers_inbound', 'peers that dialed us', () => rooms.swarm.counters().peersInbound);
  gauge('p2p_peers_outbound', 'peers that we dialed', () => rooms.swarm.counters().peersOutbound);
  gauge('p2p_ingress', 'bytes read from peers', () => rooms.swarm.counters().bytesIn);
  gauge('p2p_egress', 'bytes written to peers', () => rooms.swarm.counters().bytesOut);
  gauge('p2p_dials', 'dials', () => rooms.swarm.counters().dials);
  gauge('p2p_dials_error_total', 'dials that failed', () => rooms.swarm.counters().dialFailures);
  gauge('grapevine_peers_banned', 'bans in force', () => rooms.swarm.bans(sources.nowMs()).length);
  gauge('grapevine_miner_hashrate', 'hashes a second', sources.hashrate);

  new Gauge({
    name: 'grapevine_disconnects_total',
    help: 'closed connections by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      for (const [reason, count] of rooms.swarm.counters().disconnects) this.set({ reason }, count);
    },
  });
  new Gauge({
    name: 'grapevine_peer_score',
    help: 'reputation of each peer, 0 is the best',
    labelNames: ['peer'],
    registers: [registry],
    collect() {
      this.reset();
      for (const peer of rooms.swarm.peers(sources.nowMs())) this.set({ peer: peer.id.slice(2, 18) }, peer.score);
    },
  });

  return registry;
}
