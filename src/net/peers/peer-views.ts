import { formatEnode } from '../../types/enode.js';
import { type Enr, formatEnr } from '../../types/enr.js';
import type { PeerEthView, PeerView } from '../peer-view.js';
import type { Connection } from './connection.js';

/** A connection as `admin_peers` shows it; undefined unless it is active. */
export function viewOf(
  connection: Connection,
  eth: PeerEthView | undefined,
  score: number,
  marks: { readonly trusted: boolean; readonly static: boolean },
  enr: Enr | undefined,
): PeerView | undefined {
  const { session, dialed, nodeId } = connection;
  const { state, traffic, config } = session;
  if (state.kind !== 'active' || nodeId === undefined) return undefined;
  // Of an inbound peer we know the port it listens on only from its own Hello, if it tells.
  const { listenPort } = state.hello;
  const told = listenPort > 0 && listenPort <= 65_535 ? listenPort : config.remote.port;
  const port = dialed?.endpoint.tcpPort ?? told;
  const udpPort = dialed?.endpoint.udpPort ?? port;
  return {
    conn: session.conn,
    id: nodeId,
    enode: formatEnode({ publicKey: state.remote, endpoint: { ip: config.remote.ip, tcpPort: port, udpPort } }),
    enr: enr === undefined ? undefined : formatEnr(enr),
    name: state.hello.clientId,
    caps: state.hello.capabilities.map(({ name, version }) => `${name}/${version}`),
    network: {
      localAddress: connection.local,
      remoteAddress: config.remote,
      inbound: config.direction === 'in',
      ...marks,
    },
    eth,
    score,
    rttMs: traffic.rttMs,
    connectedAtMs: state.sinceMs,
    bytesIn: traffic.bytesIn,
    bytesOut: traffic.bytesOut,
    messagesIn: traffic.messagesIn,
    messagesOut: traffic.messagesOut,
    lastFault: connection.lastFault,
  };
}
