import { Heap } from '../../src/base/heap.js';
import type { Discovery, DiscoveryConfig, NodeRecord } from '../../src/net/discovery/discovery.js';
import { createDiscovery } from '../../src/net/discovery/discv4.js';
import type { Identity } from '../../src/ports/identity.js';
import { SILENT_LOG } from '../../src/ports/log.js';
import type { Endpoint, SocketAddress } from '../../src/types/endpoint.js';
import type { Enode } from '../../src/types/enode.js';
import { fakeIdentity, fakeScheme } from './fake-identity.js';
import { seededRandom } from './seeded-random.js';

/** A discovery instance at an address of its own in a {@link DiscoveryNetwork}. */
export interface NetworkNode {
  readonly identity: Identity;
  readonly endpoint: Endpoint;
  readonly discovery: Discovery;
  /** What it has reported, latest record of each node. */
  readonly reported: Map<string, NodeRecord>;
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
};

/** An address that no rule treats specially; each `index` has a /16 of its own. */
export const publicIp = (index: number): string => `${20 + Math.floor(index / 200)}.${index % 200}.1.1`;

/** Discovery instances joined by datagrams that take time and, on request, get lost. The same seed gives the same run. */
export class DiscoveryNetwork {
  nowMs = 1_700_000_000_000;
  /** Every datagram that was sent. */
  readonly sent: Datagram[] = [];
  /** Drops a datagram if it says so. */
  isLost: (datagram: Datagram) => boolean = () => false;
  readonly #random;
  readonly #nodes = new Map<string, NetworkNode>();
  readonly #arrivals = new Heap<Arrival>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed).fork('latency');
  }

  /** Adds a node; it does nothing until `start`. */
  add({ name, ip, port = 30303, ...config }: NodeOptions): NetworkNode {
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
        onNode: (_, node) => reported.set(node.nodeId, node),
        enrPairs: new Map(),
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
    const node = { identity, endpoint, discovery, reported };
    this.#nodes.set(`${ip}|${port}`, node);
    return node;
  }

  /** Takes a node off the network: what is sent to it is lost. */
  remove({ endpoint: { ip, udpPort } }: NetworkNode): void {
    this.#nodes.delete(`${ip}|${udpPort}`);
  }

  /** Sends a datagram, from an instance or made up by a test; it arrives 1 to 20 ms later. */
  send(datagram: Datagram): void {
    this.sent.push(datagram);
    if (this.isLost(datagram)) return;
    this.#arrivals.push({ ...datagram, atMs: this.nowMs + 1 + this.#random.below(20), order: this.sent.length });
  }

  /** Runs everything that is due within the next `durationMs`. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const next = this.#arrivals.peek();
      const wake = Math.min(...[...this.#nodes.values()].map(({ discovery }) => discovery.nextWake()));
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
    this.#nodes.get(`${to.ip}|${to.port}`)?.discovery.onDatagram(this.nowMs, from, data);
  }

  #tick(): void {
    for (const { discovery } of this.#nodes.values())
      if (discovery.nextWake() <= this.nowMs) discovery.tick(this.nowMs);
  }
}

/** A node as a bootnode list names it. */
export const enodeOf = ({ identity, endpoint }: NetworkNode): Enode => ({ publicKey: identity.publicKey, endpoint });
