import { Heap } from '../../src/base/heap.js';
import type { Discovery, DiscoveryConfig, NodeRecord } from '../../src/net/discovery/discovery.js';
import { createDiscovery } from '../../src/net/discovery/discv4.js';
import type { Identity } from '../../src/ports/identity.js';
import { SILENT_LOG } from '../../src/ports/log.js';
import type { Endpoint, SocketAddress } from '../../src/types/endpoint.js';
import type { Enode } from '../../src/types/enode.js';
import { decodeEnr } from '../../src/types/enr.js';
import { fakeIdentity, fakeScheme } from './fake-identity.js';
import { seededRandom } from './seeded-random.js';

/** A discovery instance at an address of its own in a {@link DiscoveryNetwork}. */
export interface NetworkNode {
  readonly identity: Identity;
  readonly endpoint: Endpoint;
  readonly discovery: Discovery;
  /** What it has reported, latest record of each node. */
  readonly reported: Map<string, NodeRecord>;
  /** Told of every report; a test may put its own here. */
  onReport: (record: NodeRecord) => void;
}

/** A datagram under way. */
export interface Datagram {
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  readonly data: Uint8Array;
}

interface Arrival extends Datagram {
  readonly atMs: number;
  readonly order: number;
}

/** How a node differs from the default: allowed everywhere, no bootnodes, its own endpoint known. */
export type NodeOptions = Partial<DiscoveryConfig> & {
  readonly name: string;
  readonly ip: string;
  readonly port?: number;
  readonly acceptedFrom?: () => readonly string[];
  readonly wantsNodes?: () => boolean;
};

/** An address that no rule treats specially; each `index` has a /16 of its own. */
export const publicIp = (index: number): string => `${20 + Math.floor(index / 200)}.${index % 200}.1.1`;

/**
 * Discovery instances joined by links, each with a latency of its own, that lose datagrams on request. The same seed gives
 * the same run.
 */
export class DiscoveryNetwork {
  nowMs = 1_700_000_000_000;
  /** Every datagram that was sent. */
  readonly sent: Datagram[] = [];
  /** Drops a datagram if it says so. */
  isLost: (datagram: Datagram) => boolean = () => false;
  readonly #nodes = new Map<string, NetworkNode>();
  /** When each node wants to be called next. */
  readonly #wakes = new Map<NetworkNode, number>();
  readonly #latencies = new Map<string, number>();
  readonly #arrivals = new Heap<Arrival>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Adds a node; it does nothing until `start`. */
  add({
    name,
    ip,
    port = 30303,
    acceptedFrom = () => [],
    wantsNodes = () => true,
    ...config
  }: NodeOptions): NetworkNode {
    const identity = fakeIdentity(`${this.#seed}/${name}`);
    const endpoint = { ip, udpPort: port, tcpPort: port };
    const reported = new Map<string, NodeRecord>();
    const discovery = createDiscovery(
      {
        identity,
        scheme: fakeScheme,
        random: seededRandom(`${this.#seed}/${name}`),
        log: SILENT_LOG,
        emit: (output) => {
          if (output.kind === 'send-datagram') this.send({ from: { ip, port }, to: output.to, data: output.data });
        },
        onNode: (_, record) => {
          reported.set(record.nodeId, record);
          node.onReport(record);
        },
        wantsNodes,
        acceptedFrom,
        enrPairs: new Map(),
        readEnr: (raw) => decodeEnr(raw, fakeScheme),
        enrSeq: 1n,
      },
      {
        endpoint,
        bootnodes: [],
        storedNodes: [],
        loopbackRoutable: false,
        groupLimits: true,
        isAllowed: () => true,
        ...config,
      },
    );
    const node: NetworkNode = { identity, endpoint, discovery, reported, onReport: () => undefined };
    this.#nodes.set(`${ip}|${port}`, node);
    return node;
  }

  /** Takes a node off the network: what is sent to it is lost. */
  remove(node: NetworkNode): void {
    this.#nodes.delete(`${node.endpoint.ip}|${node.endpoint.udpPort}`);
    this.#wakes.delete(node);
  }

  /** Sends a datagram, from an instance or made up by a test; it arrives 1 to 20 ms later. */
  send(datagram: Datagram): void {
    this.sent.push(datagram);
    if (this.isLost(datagram)) return;
    const atMs = this.nowMs + this.#latency(datagram);
    this.#arrivals.push({ ...datagram, atMs, order: this.sent.length });
  }

  /** Runs everything that is due within the next `durationMs`. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (const node of this.#nodes.values()) this.#wakes.set(node, node.discovery.nextWake());
    for (;;) {
      const next = this.#arrivals.peek();
      const wake = Math.min(...this.#wakes.values());
      const atMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, wake);
      if (atMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, atMs);
      if (next !== undefined && next.atMs <= wake) this.#deliver(next);
      else this.#tick();
    }
    this.nowMs = endMs;
  }

  #deliver({ from, to, data }: Arrival): void {
    this.#arrivals.pop();
    const node = this.#nodes.get(`${to.ip}|${to.port}`);
    if (node === undefined) return;
    node.discovery.onDatagram(this.nowMs, from, data);
    this.#wakes.set(node, node.discovery.nextWake());
  }

  #tick(): void {
    for (const [node, wakeAtMs] of this.#wakes) {
      if (wakeAtMs > this.nowMs) continue;
      node.discovery.tick(this.nowMs);
      this.#wakes.set(node, node.discovery.nextWake());
    }
  }

  #latency({ from, to }: Datagram): number {
    const link = `${from.ip}|${from.port}|${to.ip}|${to.port}`;
    const latencyMs = this.#latencies.get(link) ?? 1 + seededRandom(`${this.#seed}/${link}`).below(20);
    this.#latencies.set(link, latencyMs);
    return latencyMs;
  }
}

/** A node as a bootnode list names it. */
export const enodeOf = ({ identity, endpoint }: NetworkNode): Enode => ({ publicKey: identity.publicKey, endpoint });
