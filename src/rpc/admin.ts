import type { CommandResult, RpcBackend, RpcBan, RpcPeer } from './backend.js';
import { serverError } from './errors.js';
import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { lenientUint, string } from './param-values.js';

function done(result: CommandResult): true {
  if (!result.ok) throw serverError(result.error, 'name a node by its enode URL, ENR or node id');
  return true;
}

function peerView(peer: RpcPeer): Json {
  return {
    id: peer.nodeId.slice(2),
    name: peer.name,
    enode: peer.enode,
    enr: peer.enr,
    caps: peer.capabilities,
    network: {
      localAddress: peer.localAddress,
      remoteAddress: peer.remoteAddress,
      inbound: peer.direction === 'in',
      trusted: peer.trusted,
      static: peer.static,
    },
    protocols: {
      eth:
        peer.eth === undefined
          ? 'handshake'
          : {
              version: peer.eth.version,
              head: peer.eth.head,
              // A JSON number in geth; a string here, as work soon outgrows 2^53.
              difficulty: peer.eth.totalDifficulty.toString(),
            },
    },
    score: peer.score,
    latencyMs: peer.latencyMs,
    connectedAtMs: peer.connectedAtMs,
  };
}

/** JSON has no Infinity: a ban without end has no `untilMs`. */
function banView(ban: RpcBan): Json {
  return { target: ban.target, reason: ban.reason, untilMs: Number.isFinite(ban.untilMs) ? ban.untilMs : null };
}

function nodeInfo({ chain, net, node }: RpcBackend): Json {
  const info = net.nodeInfo();
  const head = chain.head();
  return {
    id: info.nodeId.slice(2),
    name: node.clientVersion,
    enode: info.enode,
    enr: info.enr,
    ip: info.ip,
    ports: { discovery: info.udpPort, listener: info.tcpPort },
    listenAddr: info.listenAddress,
    ...(info.clockAheadMs === undefined ? {} : { clockAheadMs: info.clockAheadMs }),
    protocols: {
      eth: {
        network: Number(chain.networkId),
        genesis: chain.genesisHash,
        head: head.hash,
        difficulty: (chain.totalDifficulty(head.hash) ?? 0n).toString(),
        forkId: chain.forkHash(),
        chainId: chain.chainId.toString(),
      },
    },
  };
}

/** Peers and bans. Ban methods bear reth's names. Meant for the operator: off on HTTP unless asked for. */
export function adminMethods(backend: RpcBackend): readonly Method[] {
  const { net, node, pool } = backend;
  const record = required('Node', string);
  return [
    method('admin_nodeInfo', [], () => nodeInfo(backend)),
    method('admin_peers', [], () => net.peers().map(peerView)),
    method('admin_datadir', [], () => node.datadir),
    method('admin_addPeer', [record], (_, target) => done(net.addPeer(target))),
    method('admin_removePeer', [record], (_, target) => done(net.removePeer(target))),
    method('admin_addTrustedPeer', [record], (_, target) => done(net.addTrustedPeer(target))),
    method('admin_removeTrustedPeer', [record], (_, target) => done(net.removeTrustedPeer(target))),
    method('admin_banPeer', [record, optional('Seconds', lenientUint)], ({ nowMs }, target, seconds) =>
      done(net.ban(target, seconds === undefined ? undefined : seconds * 1000, nowMs)),
    ),
    method('admin_unbanPeer', [record], (_, target) => done(net.unban(target))),
    method('admin_bannedPeers', [], () => net.bans().map(banView)),
    method('admin_peerScores', [], () => net.scores().map((known) => ({ ...known, nodeId: known.nodeId.slice(2) }))),
    method('admin_clearTxpool', [], () => pool.clear()),
  ];
}
