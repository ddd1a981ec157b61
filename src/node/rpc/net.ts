import { err, ok, type Result } from '../../base/result.js';
import type { PeerView } from '../../net/peer-view.js';
import type { PeerCommandError } from '../../net/swarm-api.js';
import type { CommandResult, RpcNet, RpcPeer } from '../../rpc/backend.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { NodeRooms } from '../node.js';
import type { RunCommand } from './host-facts.js';

function addressText(address: SocketAddress | undefined): string {
  if (address === undefined) return '';
  return address.ip.includes(':') ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}

/** A peer as the swarm shows it, in the shape that RPC answers with. */
export function toRpcPeer(peer: PeerView): RpcPeer {
  return {
    nodeId: peer.id,
    enode: peer.enode,
    enr: peer.enr,
    name: peer.name,
    capabilities: peer.caps,
    localAddress: addressText(peer.network.localAddress),
    remoteAddress: addressText(peer.network.remoteAddress),
    direction: peer.network.inbound ? 'in' : 'out',
    trusted: peer.network.trusted,
    static: peer.network.static,
    score: peer.score,
    connectedAtMs: peer.connectedAtMs,
    latencyMs: peer.rttMs,
    eth:
      peer.eth === undefined
        ? undefined
        : { version: peer.eth.version, head: peer.eth.head, totalDifficulty: peer.eth.difficulty },
  };
}

function toCommandResult(result: Result<unknown, PeerCommandError>): CommandResult {
  return result.ok ? ok(undefined) : err(result.error.message);
}

/** The network wing for JSON-RPC. */
export function createRpcNet({ swarm }: NodeRooms, run: RunCommand): RpcNet {
  const peers = (): PeerView[] => run((_rooms, nowMs) => swarm.peers(nowMs));
  return {
    listening: () => true,
    peers: () => peers().map(toRpcPeer),
    nodeInfo() {
      const info = swarm.nodeInfo();
      return {
        nodeId: info.id,
        enode: info.enode,
        enr: info.enr,
        ip: info.ip,
        tcpPort: info.ports.listener,
        udpPort: info.ports.discovery,
        listenAddress: info.listenAddr,
        clockAheadMs: info.clockAheadMs,
      };
    },
    addPeer: (record) => run((_rooms, nowMs) => toCommandResult(swarm.addPeer(nowMs, record))),
    removePeer: (record) => run((_rooms, nowMs) => toCommandResult(swarm.removePeer(nowMs, record))),
    addTrustedPeer: (record) => run((_rooms, nowMs) => toCommandResult(swarm.addTrusted(nowMs, record))),
    removeTrustedPeer: (record) => run((_rooms, nowMs) => toCommandResult(swarm.removeTrusted(nowMs, record))),
    ban: (target, durationMs) => run((_rooms, nowMs) => toCommandResult(swarm.ban(nowMs, target, durationMs))),
    unban: (target) => run((_rooms, nowMs) => toCommandResult(swarm.unban(nowMs, target))),
    bans: () =>
      run((_rooms, nowMs) => swarm.bans(nowMs)).map(({ target, reason, untilMs }) => ({ target, reason, untilMs })),
    scores() {
      const connected = new Set(peers().map((peer) => peer.id));
      const scores = new Map(run((_rooms, nowMs) => swarm.scores(nowMs)).map(({ id, score }) => [id, score]));
      const failures = new Map(
        swarm
          .failures()
          .flatMap(({ id, code, detail }) => (id === undefined ? [] : [[id, `${code}: ${detail}`] as const])),
      );
      // A node that never got far enough to be scored is the one that an operator asks about.
      const known = new Set([...scores.keys(), ...failures.keys()]);
      return [...known].map((nodeId) => ({
        nodeId,
        score: scores.get(nodeId) ?? 0,
        connected: connected.has(nodeId),
        lastFailure: failures.get(nodeId),
      }));
    },
  };
}
