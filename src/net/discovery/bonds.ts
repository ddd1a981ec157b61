import { BoundedMap } from '../../base/bounded.js';
import type { NodeId } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';

/** How long an endpoint proof holds (devp2p discv4.md, Endpoint Proof). */
export const BOND_LIFETIME_MS = 12 * 3_600_000;

/**
 * Nodes with proofs kept in each direction; the one proved longest ago goes first. A bootnode meets every node of its network,
 * and whoever it forgets asks it in vain for as long as the proof would hold: this is for networks of 10,000.
 */
export const MAX_BONDS = 16_384;
/** Addresses of one node: IPv4 and IPv6, and what they were before. A replayed ping from elsewhere pushes none of them out at once. */
const MAX_ADDRESSES = 4;

/**
 * A node that proves the same address again within this time keeps its place among those to be forgotten: neighbours do
 * so every few seconds, and moving them each time would cost more than the proof.
 */
const REORDER_S = 10 * 60;

/** An address as a map key. */
export const addressKey = ({ ip, port }: SocketAddress): string => `${ip}|${port}`;

/** A proof, before others of the same node: newest first. */
interface Proof {
  readonly ip: string;
  readonly port: number;
  /** In whole seconds: small integers need no memory of their own, and there are hundreds of these. */
  atS: number;
  /** When its node was put behind all others that may be forgotten. */
  readonly placedAtS: number;
  readonly older: Proof | undefined;
}

/**
 * Who has proved which endpoint to whom. A proof binds node, ip and port alike: with less, one node behind an address
 * would open it to reflection by others (A8).
 */
export class Bonds {
  /** When a node last answered a ping of ours. */
  readonly #theirs = new BoundedMap<NodeId, Proof>(MAX_BONDS);
  /** When we last answered a ping of a node's. Only signatures were checked here: no answer of ours rests on it. */
  readonly #ours = new BoundedMap<NodeId, Proof>(MAX_BONDS);
  /** How many proofs each ip has among #theirs. BOUNDED: by #theirs */
  readonly #perIp = new Map<string, number>();

  /** The node has answered our ping from this address: requests from it may be answered. */
  proved(nowMs: number, nodeId: NodeId, address: SocketAddress): void {
    const before = this.#theirs.peek(nodeId);
    const evicted = put(this.#theirs, nowMs, nodeId, address);
    const after = this.#theirs.peek(nodeId);
    if (after === before) return;
    this.#count(after, 1);
    this.#count(before, -1);
    this.#count(evicted, -1);
  }

  /** We have answered the node's ping: it should take requests from us. */
  provedOurs(nowMs: number, nodeId: NodeId, address: SocketAddress): void {
    put(this.#ours, nowMs, nodeId, address);
  }

  /** The node leaves our requests unanswered: it may hold no proof of ours. */
  forgetOurs(nodeId: NodeId): void {
    this.#ours.delete(nodeId);
  }

  /** True if the node has proved this endpoint within {@link BOND_LIFETIME_MS}. */
  isProved(nowMs: number, nodeId: NodeId, address: SocketAddress): boolean {
    return holds(nowMs, this.#theirs.peek(nodeId), address);
  }

  /** True if we have proved ours to the node within {@link BOND_LIFETIME_MS}. */
  isOursProved(nowMs: number, nodeId: NodeId, address: SocketAddress): boolean {
    return holds(nowMs, this.#ours.peek(nodeId), address);
  }

  /**
   * False if no node at all has proved an address of this ip: then a request from it needs no signature check to be
   * ignored. A proof that has run out may still give true.
   */
  mayBeProved({ ip }: SocketAddress): boolean {
    return this.#perIp.has(ip);
  }

  #count(proofs: Proof | undefined, change: number): void {
    for (let proof = proofs; proof !== undefined; proof = proof.older) {
      const count = (this.#perIp.get(proof.ip) ?? 0) + change;
      if (count > 0) this.#perIp.set(proof.ip, count);
      else this.#perIp.delete(proof.ip);
    }
  }
}

/** Puts a proof in front of the node's others, and returns those of the node that had to go for it. */
function put(
  into: BoundedMap<NodeId, Proof>,
  nowMs: number,
  nodeId: NodeId,
  { ip, port }: SocketAddress,
): Proof | undefined {
  const newest = into.peek(nodeId);
  const nowS = Math.floor(nowMs / 1000);
  if (newest !== undefined && newest.ip === ip && newest.port === port && nowS - newest.placedAtS < REORDER_S) {
    newest.atS = nowS;
    return undefined;
  }
  const older = without(newest, ip, port, MAX_ADDRESSES - 1);
  return into.set(nodeId, { ip, port, atS: nowS, placedAtS: nowS, older })?.[1];
}

/** The first `count` proofs but that of one address. */
function without(proofs: Proof | undefined, ip: string, port: number, count: number): Proof | undefined {
  if (proofs === undefined || count === 0) return undefined;
  if (proofs.ip === ip && proofs.port === port) return without(proofs.older, ip, port, count);
  const older = without(proofs.older, ip, port, count - 1);
  return { ip: proofs.ip, port: proofs.port, atS: proofs.atS, placedAtS: proofs.placedAtS, older };
}

function holds(nowMs: number, proofs: Proof | undefined, { ip, port }: SocketAddress): boolean {
  for (let proof = proofs; proof !== undefined; proof = proof.older) {
    if (proof.ip === ip && proof.port === port) return nowMs - 1000 * proof.atS < BOND_LIFETIME_MS;
  }
  return false;
}
