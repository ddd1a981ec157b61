import type { Hash32, NodeId } from '../../base/brand.js';
import type { IdentityScheme } from '../../ports/identity.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { FindNode } from '../../wire/discv4/find-node.js';
import type { Ping } from '../../wire/discv4/ping.js';
import type { AddressRules } from './address-rules.js';
import type { Bonds } from './bonds.js';
import type { Client } from './client.js';
import type { Counters } from './counters.js';
import type { DropReason, NodeRecord } from './discovery.js';
import type { TrafficLimits } from './limits.js';
import type { Reachability } from './reachability.js';
import type { Sender } from './sender.js';
import { BUCKET_SIZE, type NodeTable } from './table.js';

/** What the server needs from the rest of discovery. */
export interface ServerDeps {
  readonly scheme: IdentityScheme;
  readonly bonds: Bonds;
  readonly limits: TrafficLimits;
  readonly rules: AddressRules;
  readonly table: NodeTable;
  readonly sender: Sender;
  readonly client: Client;
  readonly counters: Counters;
  /** Undefined if we were told our address. */
  readonly reachability: Reachability | undefined;
  /** A node whose endpoint is proven has pinged us. */
  readonly onContact: (nowMs: number, record: NodeRecord, ping: Ping) => void;
}

/** Answers other nodes. Who has not proved its endpoint gets a pong, and at most a ping, for its ping; and else nothing. */
export class Server {
  readonly #deps: ServerDeps;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
  }

  /** A ping that the node of `record` signed. It is answered in any case, and pinged back if its proof is due. */
  onPing(nowMs: number, record: NodeRecord, hash: Hash32, ping: Ping): void {
    const { bonds, client, counters, limits, sender } = this.#deps;
    const { nodeId, endpoint } = record;
    const from = { ip: endpoint.ip, port: endpoint.udpPort };
    this.#deps.reachability?.pinged(nowMs, from.ip);
    sender.pong(nowMs, from, hash, endpoint.tcpPort);
    bonds.provedOurs(nowMs, nodeId, from);
    if (bonds.isProved(nowMs, nodeId, from)) {
      this.#deps.onContact(nowMs, record, ping);
    } else if (client.isPinging(nodeId, from) || (!client.isBusy() && limits.admitPingBack(nowMs, from))) {
      // What is in flight may know the node from hearsay: its TCP port is stated here.
      client.ping(nowMs, record, false, (atMs, pong) => {
        if (pong !== undefined) this.#deps.onContact(atMs, record, ping);
      });
    } else {
      // A spoofed source must not get two packets for one without end, and thousands of them not the place of our own requests.
      counters.drop('ping-back-limited');
    }
    client.onPinged(nowMs, nodeId, from);
  }

  /** A FINDNODE that `nodeId` signed: answered with live nodes that may be told to it, if its endpoint is proven. */
  onFindNode(nowMs: number, from: SocketAddress, nodeId: NodeId, { target }: FindNode): DropReason | undefined {
    const { bonds, rules, scheme, sender, table } = this.#deps;
    if (!bonds.isProved(nowMs, nodeId, from)) return 'no-endpoint-proof';
    const mayRelay = rules.relayedBy(from.ip);
    // Who says that it can't be dialed is of use to nobody who looks for peers.
    const mayBeTold = ({ endpoint, nodeId: id }: NodeRecord): boolean =>
      id !== nodeId && endpoint.tcpPort !== 0 && mayRelay(endpoint.ip, endpoint.udpPort);
    sender.neighbors(nowMs, from, table.closest(scheme.nodeIdOf(target), BUCKET_SIZE, mayBeTold));
    return undefined;
  }

  /** An ENRRequest that `nodeId` signed: answered if its endpoint is proven (EIP-868). */
  onEnrRequest(nowMs: number, from: SocketAddress, nodeId: NodeId, hash: Hash32): DropReason | undefined {
    if (!this.#deps.bonds.isProved(nowMs, nodeId, from)) return 'no-endpoint-proof';
    this.#deps.sender.enrResponse(from, hash);
    return undefined;
  }
}
