import type { NodeId } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { ConnId } from '../io.js';
import type { DialNode } from './dial-node.js';
import type { Session } from './session/session.js';
import type { SlotClaim } from './slots.js';

/** What a connection is for: a free slot, to join what was cut apart, or the place of the peer `leaving`. */
export type DialPurpose =
  | { readonly kind: 'fill' }
  | { readonly kind: 'rejoin' }
  | { readonly kind: 'replace'; readonly leaving: NodeId };

/** A session and what its owner knows of it. */
export interface Connection {
  readonly session: Session;
  /** Whom and where we dialed: by this connection, or by its twin that reached the node, too. Undefined for other inbound ones. */
  dialed: DialNode | undefined;
  /** Our end of the stream; undefined before it is open, or if the host does not tell. */
  local: SocketAddress | undefined;
  /** The proven identity; whom we dialed until it is proven. Undefined for a stranger that has proved nothing yet. */
  nodeId: NodeId | undefined;
  /** Undefined until the key is proved. */
  identifiedAtMs: number | undefined;
  /** It passed Hello. */
  active: boolean;
  /** It passed eth's Status: it is on our chain. */
  ready: boolean;
  /** Takes no slot (trusted, static). */
  exempt: boolean;
  /** The kind of slot that it takes: that of its direction, or, if there was none, of the twin whose place it took. */
  slot: 'in' | 'out';
  readonly purpose: DialPurpose;
  lastFault: string | undefined;
  /** How long its node is left alone when it is over; set by the fault that ends it. */
  backOffMs: number;
}

/** How a connection counts against the slots. */
export function claimOf({ slot, exempt }: Connection): SlotClaim {
  return { direction: slot, exempt };
}

/** All connections, by number and (once the key is proved) by node. */
export class ConnectionTable {
  // BOUNDED: by the slots, MAX_PENDING inbound handshakes, MAX_DIALS dials, the operator's exempt peers, and what the
  // inbound rate lets in during the two seconds that a close takes.
  readonly #byConn = new Map<ConnId, Connection>();
  readonly #byId = new Map<NodeId, Connection>(); // BOUNDED: as above

  get size(): number {
    return this.#byConn.size;
  }

  add(connection: Connection): void {
    this.#byConn.set(connection.session.conn, connection);
  }

  get(conn: ConnId): Connection | undefined {
    return this.#byConn.get(conn);
  }

  /** The connection that stands for a node: its key is proved and it is not closing. */
  of(id: NodeId): Connection | undefined {
    return this.#byId.get(id);
  }

  /** Makes a connection the one that stands for its node. */
  identify(connection: Connection, id: NodeId): void {
    this.#byId.set(id, connection);
  }

  /** The session is over: it stands for nobody any more, while its stream may take a moment to close. */
  retire(connection: Connection): void {
    if (connection.nodeId !== undefined && this.#byId.get(connection.nodeId) === connection) {
      this.#byId.delete(connection.nodeId);
    }
  }

  /** The stream is gone. */
  delete(conn: ConnId): void {
    this.#byConn.delete(conn);
  }

  all(): IterableIterator<Connection> {
    return this.#byConn.values();
  }

  identified(): IterableIterator<Connection> {
    return this.#byId.values();
  }

  /** How those that stand for a node count against the slots. */
  claims(): SlotClaim[] {
    return [...this.#byId.values()].map(claimOf);
  }

  /** True if we are dialing the node or shaking hands with it on our dial. */
  isDialing(id: NodeId): boolean {
    for (const { nodeId, session } of this.#byConn.values()) {
      if (nodeId === id && session.config.direction === 'out' && isOpening(session)) return true;
    }
    return false;
  }

  /** Dials that have not led to a proven key yet. */
  openingDials(): Connection[] {
    return [...this.#byConn.values()].filter(
      ({ session, identifiedAtMs }) =>
        session.config.direction === 'out' && identifiedAtMs === undefined && isOpening(session),
    );
  }

  /** Accepted connections that have not proved a key yet, oldest first. */
  pendingInbound(): Connection[] {
    return [...this.#byConn.values()].filter(
      ({ session }) => session.config.direction === 'in' && session.state.kind === 'rlpx',
    );
  }
}

function isOpening(session: Session): boolean {
  return session.state.kind !== 'active' && session.state.kind !== 'closing';
}
