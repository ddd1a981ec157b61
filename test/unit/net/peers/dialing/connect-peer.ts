import type { NodeId, PublicKey } from '../../../../../src/base/brand.js';
import type { ConnectionTable } from '../../../../../src/net/peers/connection.js';
import { Session } from '../../../../../src/net/peers/session/session.js';
import { createPlainChannel } from '../../../../../src/wire/plain-wire.js';

/** When the peers of a table came. */
export const SINCE_MS = 1_700_000_000_000;

/** How the peer stands: in a slot of its own direction, on our chain, unless told otherwise. */
interface Standing {
  readonly slot?: 'in' | 'out';
  readonly ip?: string;
  readonly ready?: boolean;
}

/** Puts a connection to a peer that has proved its key into the table. */
export function connectPeer(
  connections: ConnectionTable,
  { nodeId, publicKey }: { readonly nodeId: NodeId; readonly publicKey: PublicKey },
  direction: 'in' | 'out',
  { slot = direction, ip = '20.0.0.1', ready = true }: Standing = {},
): void {
  const handler = {
    ...{ onIdentified: () => undefined, onActive: () => undefined, onMessage: () => undefined },
    ...{ onFault: () => undefined, onClosed: () => undefined },
  };
  const conn = 2 + 2 * connections.size;
  const session = new Session(SINCE_MS, createPlainChannel({ publicKey }), () => undefined, handler, {
    ...{ conn, remote: { ip, port: 30303 }, direction, expected: undefined, capabilities: [] },
    hello: { p2pVersion: 5, clientId: 'test', capabilities: [], listenPort: 0, publicKey },
  });
  const connection = {
    ...{ session, dialed: undefined, local: undefined, nodeId, identifiedAtMs: SINCE_MS, active: ready, ready },
    ...{ exempt: false, slot, lastFault: undefined, backOffMs: 0, purpose: { kind: 'fill' as const } },
  };
  connections.add(connection);
  connections.identify(connection, nodeId);
}
