import type { NodeId } from '../base/brand.js';
import { formatEnode } from '../types/enode.js';
import { type Enr, formatEnr } from '../types/enr.js';
import type { Conduct } from './defense/conduct.js';
import type { Discovery } from './discovery/discovery.js';
import type { EthService } from './eth/service.js';
import type { NetCounters, NodeInfoView, PeerView } from './peer-view.js';
import type { PeerManager } from './peers/peer-manager.js';
import { viewOf } from './peers/peer-views.js';
import type { SwarmConfig, SwarmDeps } from './swarm-api.js';

/** Active peers, oldest first. */
export function peerViews(
  nowMs: number,
  manager: PeerManager,
  conduct: Conduct,
  service: EthService,
  enrOf: (id: NodeId) => Enr | undefined,
): PeerView[] {
  const { trusted, candidates, connections } = manager;
  const views = [...connections.identified()].map((connection) => {
    const { nodeId, session } = connection;
    if (nodeId === undefined) return undefined;
    const info = service.peerEthInfo(session.conn);
    const eth = info && { version: info.version, head: info.headHash, difficulty: info.totalDifficulty };
    const marks = { trusted: trusted.has(nodeId), static: candidates.isStatic(nodeId) };
    return viewOf(connection, eth, conduct.scoreOf(nowMs, nodeId), marks, enrOf(nodeId));
  });
  return views.filter((view) => view !== undefined).sort((a, b) => a.connectedAtMs - b.connectedAtMs);
}

/** This node. Its address is the configured one, else what others say of it, else where it listens. */
export function nodeInfoView(deps: SwarmDeps, config: SwarmConfig, discovery: Discovery | undefined): NodeInfoView {
  const enr = discovery?.localEnr();
  const { identity, chain } = deps;
  const { listen, udpPort, clientName, externalIp } = config;
  const ip = externalIp ?? enr?.endpoint?.ip ?? (isUnspecified(listen.ip) ? '127.0.0.1' : listen.ip);
  const head = chain.head();
  return {
    id: identity.nodeId,
    enode: formatEnode({ publicKey: identity.publicKey, endpoint: { ip, tcpPort: listen.port, udpPort } }),
    enr: enr === undefined ? '' : formatEnr(enr),
    ip,
    ports: { discovery: enr === undefined ? 0 : udpPort, listener: listen.port },
    listenAddr: listen.ip.includes(':') ? `[${listen.ip}]:${listen.port}` : `${listen.ip}:${listen.port}`,
    name: clientName,
    clockAheadMs: discovery?.clockAheadMs(),
    eth: { network: chain.networkId, difficulty: head.totalDifficulty, genesis: chain.genesisHash, head: head.hash },
  };
}

/** Totals and the number of active peers now. */
export function countersOf({ totals, connections }: PeerManager): NetCounters {
  const active = [...connections.identified()].filter((connection) => connection.active);
  const peersInbound = active.filter(({ session }) => session.config.direction === 'in').length;
  const { bytesIn, bytesOut, dials, dialFailures, inboundRefused, disconnects } = totals;
  const peersOutbound = active.length - peersInbound;
  const dialedSlots = active.filter(({ slot, exempt }) => slot === 'out' && !exempt).length;
  return {
    peersInbound,
    peersOutbound,
    dialedSlots,
    bytesIn,
    bytesOut,
    dials,
    dialFailures,
    inboundRefused,
    disconnects,
  };
}

function isUnspecified(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}
