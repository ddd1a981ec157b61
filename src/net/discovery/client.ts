import { BoundedMap } from '../../base/bounded.js';
import type { Hash32, NodeId, PublicKey } from '../../base/brand.js';
import type { Endpoint, SocketAddress } from '../../types/endpoint.js';
import type { Neighbor } from '../../wire/discv4/neighbor.js';
import { MAX_NEIGHBORS_PER_PACKET, type Neighbors } from '../../wire/discv4/neighbors.js';
import type { Pong } from '../../wire/discv4/pong.js';
import { addressKey, type Bonds } from './bonds.js';
import type { ClockCheck } from './clock-check.js';
import type { Counters } from './counters.js';
import type { NodeRecord } from './discovery.js';
import type { TrafficLimits } from './limits.js';
import { REPLY_TIMEOUT_MS, Requests } from './requests.js';
import type { Sender } from './sender.js';

/** Nodes in one answer to FINDNODE, all its packets together (devp2p discv4.md, FindNode Packet). */
const MAX_NEIGHBORS = 16;
/** An answer of 16 nodes comes in two packets. */
const MAX_NEIGHBORS_PACKETS = 2;
/** How long to wait for more behind a packet that was not full: it is mostly the last, but datagrams overtake each other. */
const LAST_PACKET_WAIT_MS = 100;
/**
 * A node that answered our ping may not know us yet, and then pings back before it answers anything else. If its ping
 * does not come within this time, it knew us all along.
 */
const PING_BACK_WAIT_MS = 250;
/** Questions that wait for a ping at once. */
const MAX_WAITING = 256;

/** Told when a request is over; `undefined` and false mean that it failed. */
type OnPong = (nowMs: number, pong: Pong | undefined) => void;
type OnNeighbors = (nowMs: number, nodes: readonly Neighbor[] | undefined) => void;
type OnRecord = (nowMs: number, record: Uint8Array | undefined) => void;

/** What an open request collects until it is over. */
type Reply =
  | { readonly kind: 'pong'; readonly pong: Pong }
  | { readonly kind: 'neighbors'; readonly nodes: readonly Neighbor[]; readonly packets: number }
  | { readonly kind: 'enr-response'; readonly record: Uint8Array };

/** What is asked of a node once it has pinged us, or has had the time to. */
interface Waiting {
  readonly ask: (nowMs: number) => void;
  /** It is pushed out by others that wait. */
  readonly giveUp: (nowMs: number) => void;
  readonly deadlineMs: number;
}

/** What the client needs from the rest of discovery. */
export interface ClientDeps {
  readonly bonds: Bonds;
  readonly limits: TrafficLimits;
  readonly sender: Sender;
  readonly counters: Counters;
  readonly clock: ClockCheck;
  /**
   * A node has answered a ping: it holds its key and receives at `record.endpoint`. `sought` is false if it pinged us
   * first.
   */
  readonly onProved: (nowMs: number, record: NodeRecord, pong: Pong, sought: boolean) => void;
}

/** The address that datagrams to `endpoint` go to. */
export const udpAddress = ({ ip, udpPort }: Endpoint): SocketAddress => ({ ip, port: udpPort });

/** Asks other nodes and matches what comes back. A reply is only worth its signature check if a request waits for it. */
export class Client {
  readonly #deps: ClientDeps;
  readonly #requests = new Requests<Reply>();
  /** Questions to nodes that should ping us first, by what is asked, node and address. */
  readonly #waiting = new BoundedMap<string, Waiting>(MAX_WAITING);

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  /** Pings a node, or waits for the answer to the ping that is in flight to it. `sought`: on our own account. */
  ping(nowMs: number, node: NodeRecord, sought: boolean, onDone: OnPong): void {
    const { clock } = this.#deps;
    const address = udpAddress(node.endpoint);
    const inFlight = this.#requests.get('pong', address, node.nodeId);
    if (inFlight !== undefined) {
      const earlier = inFlight.done;
      inFlight.done = (doneAtMs, reply) => {
        earlier(doneAtMs, reply);
        onDone(doneAtMs, reply?.kind === 'pong' ? reply.pong : undefined);
      };
      return;
    }
    const done = (doneAtMs: number, reply: Reply | undefined): void => {
      const pong = reply?.kind === 'pong' ? reply.pong : undefined;
      if (pong !== undefined) {
        this.#deps.bonds.proved(doneAtMs, node.nodeId, address);
        clock.heard(doneAtMs, address, pong.expiration);
        this.#deps.onProved(doneAtMs, node, pong, sought);
      } else {
        clock.onSilence(doneAtMs);
      }
      onDone(doneAtMs, pong);
    };
    const patient = clock.isLonely(nowMs);
    const ask = (to: SocketAddress) => this.#deps.sender.ping(nowMs, to, patient);
    if (!this.#open(nowMs, 'pong', node, ask, done)) onDone(nowMs, undefined);
  }

  /** True if so many requests are in flight that nobody else's should be added to ours. */
  isBusy(): boolean {
    return this.#requests.isBusy();
  }

  /** True if a ping to the node is in flight. */
  isPinging(nodeId: NodeId, address: SocketAddress): boolean {
    return this.#requests.get('pong', address, nodeId) !== undefined;
  }

  /**
   * Asks a node for those closest to `target`, after whatever endpoint proofs that takes. A node known from hearsay only
   * is not pinged more often than the limits for such allow; then the query fails at once.
   */
  findNode(nowMs: number, node: NodeRecord, target: PublicKey, onDone: OnNeighbors): void {
    const { bonds, limits, counters } = this.#deps;
    const address = udpAddress(node.endpoint);
    const isProved = bonds.isProved(nowMs, node.nodeId, address);
    if (isProved && bonds.isOursProved(nowMs, node.nodeId, address)) {
      this.#sendFindNode(nowMs, node, target, onDone);
    } else if (isProved || this.isPinging(node.nodeId, address) || limits.admitHearsayPing(nowMs, address)) {
      this.ping(nowMs, node, true, (doneAtMs, pong) => {
        if (pong === undefined) onDone(doneAtMs, undefined);
        else this.#queryProved(doneAtMs, node, target, onDone);
      });
    } else {
      counters.drop('hearsay-limited');
      onDone(nowMs, undefined);
    }
  }

  /** Asks a node that has answered a ping for its record, still undecoded. */
  requestEnr(nowMs: number, node: NodeRecord, onDone: OnRecord): void {
    const done = (doneAtMs: number, reply: Reply | undefined): void =>
      onDone(doneAtMs, reply?.kind === 'enr-response' ? reply.record : undefined);
    const ask = (atMs: number): void => {
      const send = (to: SocketAddress) => this.#deps.sender.enrRequest(atMs, to);
      if (!this.#open(atMs, 'enr-response', node, send, done)) onDone(atMs, undefined);
    };
    this.#onceProved(nowMs, 'enr-response', node, ask, (atMs) => onDone(atMs, undefined));
  }

  /** The node has pinged us and we have answered: what waited for that goes on. */
  onPinged(nowMs: number, nodeId: NodeId, address: SocketAddress): void {
    for (const kind of ['neighbors', 'enr-response'] as const) {
      const key = waitingKey(kind, nodeId, address);
      const waiting = this.#waiting.peek(key);
      if (waiting === undefined) continue;
      this.#waiting.delete(key);
      waiting.ask(nowMs);
    }
  }

  /** True if a packet of this kind from `from` could answer anything; `pingHash` narrows it down for a pong. */
  expects(kind: Reply['kind'], from: SocketAddress, hash?: string): boolean {
    return this.#requests.expects(kind, from, hash);
  }

  /** A pong that `nodeId` signed. False if it answers nothing. */
  onPong(nowMs: number, from: SocketAddress, nodeId: NodeId, pong: Pong): boolean {
    const request = this.#requests.get('pong', from, nodeId);
    if (request?.hash !== pong.pingHash) return false;
    this.#requests.settle(nowMs, request, { kind: 'pong', pong });
    return true;
  }

  /** One packet of nodes that `nodeId` signed. False if nobody asked for it. */
  onNeighbors(nowMs: number, from: SocketAddress, nodeId: NodeId, { nodes }: Neighbors): boolean {
    const request = this.#requests.get('neighbors', from, nodeId);
    if (request === undefined) return false;
    // It answers us, so it holds our endpoint for proven.
    this.#deps.bonds.provedOurs(nowMs, nodeId, from);
    const earlier = request.collected?.kind === 'neighbors' ? request.collected : { nodes: [], packets: 0 };
    const room = MAX_NEIGHBORS - earlier.nodes.length;
    if (nodes.length > room) this.#deps.counters.drop('too-many-neighbors');
    const collected = [...earlier.nodes, ...nodes.slice(0, room)];
    const reply: Reply = { kind: 'neighbors', nodes: collected, packets: earlier.packets + 1 };
    request.collected = reply;
    if (collected.length >= MAX_NEIGHBORS || reply.packets >= MAX_NEIGHBORS_PACKETS) {
      this.#requests.settle(nowMs, request, reply);
    } else if (nodes.length < MAX_NEIGHBORS_PER_PACKET) {
      this.#requests.hurry(request, nowMs + LAST_PACKET_WAIT_MS);
    }
    return true;
  }

  /** A record that `nodeId` signed the packet of. False if it answers nothing. */
  onEnrResponse(nowMs: number, from: SocketAddress, nodeId: NodeId, requestHash: string, record: Uint8Array): boolean {
    const request = this.#requests.get('enr-response', from, nodeId);
    if (request?.hash !== requestHash) return false;
    this.#requests.settle(nowMs, request, { kind: 'enr-response', record });
    return true;
  }

  tick(nowMs: number): void {
    this.#requests.expire(nowMs);
    // They all wait equally long, so that the oldest are the first to be due.
    const due: [string, Waiting][] = []; // BOUNDED: by #waiting
    for (const entry of this.#waiting) {
      if (entry[1].deadlineMs > nowMs) break;
      due.push(entry);
    }
    for (const [key, { ask }] of due) {
      this.#waiting.delete(key);
      ask(nowMs);
    }
  }

  nextWake(): number {
    return Math.min(this.#requests.nextWake(), this.#waiting.oldest()?.[1].deadlineMs ?? Number.POSITIVE_INFINITY);
  }

  #queryProved(nowMs: number, node: NodeRecord, target: PublicKey, onDone: OnNeighbors): void {
    const ask = (atMs: number): void => this.#sendFindNode(atMs, node, target, onDone);
    this.#onceProved(nowMs, 'neighbors', node, ask, (atMs) => onDone(atMs, undefined));
  }

  /** Asks at once if the node has our endpoint proof, else when it has pinged us or had the time to; not if the same waits already. */
  #onceProved(
    nowMs: number,
    kind: Reply['kind'],
    node: NodeRecord,
    ask: Waiting['ask'],
    giveUp: Waiting['giveUp'],
  ): void {
    const address = udpAddress(node.endpoint);
    const key = waitingKey(kind, node.nodeId, address);
    if (this.#deps.bonds.isOursProved(nowMs, node.nodeId, address)) {
      ask(nowMs);
    } else if (this.#waiting.has(key)) {
      giveUp(nowMs);
    } else {
      const evicted = this.#waiting.set(key, { ask, giveUp, deadlineMs: nowMs + PING_BACK_WAIT_MS });
      evicted?.[1].giveUp(nowMs);
    }
  }

  #sendFindNode(nowMs: number, node: NodeRecord, target: PublicKey, onDone: OnNeighbors): void {
    const done = (doneAtMs: number, reply: Reply | undefined): void => {
      // A node that has started anew, or met too many since, ignores us until it has pinged us again.
      if (reply === undefined) this.#deps.bonds.forgetOurs(node.nodeId);
      onDone(doneAtMs, reply?.kind === 'neighbors' ? reply.nodes : undefined);
    };
    const ask = (to: SocketAddress) => this.#deps.sender.findNode(nowMs, to, target);
    if (!this.#open(nowMs, 'neighbors', node, ask, done)) onDone(nowMs, undefined);
  }

  /** Sends a request and waits for its answer, unless one like it is in flight or too many are: then nothing happens, and it is false. */
  #open(
    nowMs: number,
    kind: Reply['kind'],
    { nodeId, endpoint }: NodeRecord,
    send: (address: SocketAddress) => Hash32 | undefined,
    done: (nowMs: number, reply: Reply | undefined) => void,
  ): boolean {
    const address = udpAddress(endpoint);
    if (!this.#requests.hasRoom()) this.#deps.counters.drop('requests-full');
    if (!this.#requests.hasRoom() || this.#requests.get(kind, address, nodeId) !== undefined) return false;
    const hash = send(address);
    return this.#requests.open({
      kind,
      nodeId,
      address,
      hash,
      done,
      deadlineMs: nowMs + REPLY_TIMEOUT_MS,
      collected: undefined,
    });
  }
}

function waitingKey(kind: Reply['kind'], nodeId: NodeId, address: SocketAddress): string {
  return `${kind}|${nodeId}|${addressKey(address)}`;
}
