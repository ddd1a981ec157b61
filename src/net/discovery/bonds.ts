import { BoundedMap } from '../../base/bounded.js';
import type { NodeId } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';

/** How long an endpoint proof holds (devp2p discv4.md, Endpoint Proof). */
export const BOND_LIFETIME_MS = 12 * 3_600_000;

/** Proofs kept in each direction: far more than a table and its lookups need; the one proved longest ago goes first. */
const MAX_BONDS = 4096;

/** An address as a map key. */
export const addressKey = ({ ip, port }: SocketAddress): string => `${ip}|${port}`;

const bondKey = (nodeId: NodeId, address: SocketAddress): string => `${nodeId}|${addressKey(address)}`;

/**
 * Who has proved which endpoint to whom. A proof binds node, ip and port alike: with less, one node behind an address
 * would open it to reflection by others (A8).
 */
export class Bonds {
  /** When a node last answered a ping of ours. */
  readonly #theirs = new BoundedMap<string, number>(MAX_BONDS);
  /** When we last answered a ping of a node's. Only signatures were checked here: no answer of ours rests on it. */
  readonly #ours = new BoundedMap<string, number>(MAX_BONDS);
  /** How many proofs each address has among #theirs. BOUNDED: by #theirs */
  readonly #provedAddresses = new Map<string, number>();

  /** The node has answered our ping from this address: requests from it may be answered. */
  proved(nowMs: number, nodeId: NodeId, address: SocketAddress): void {
    const key = bondKey(nodeId, address);
    if (!this.#theirs.has(key)) this.#countAddress(addressKey(address), 1);
    const evicted = this.#theirs.set(key, nowMs);
    if (evicted !== undefined) this.#countAddress(evicted[0].slice(evicted[0].indexOf('|') + 1), -1);
  }

  /** We have answered the node's ping: it should take requests from us. */
  provedOurs(nowMs: number, nodeId: NodeId, address: SocketAddress): void {
    this.#ours.set(bondKey(nodeId, address), nowMs);
  }

  /** True if the node has proved this endpoint within {@link BOND_LIFETIME_MS}. */
  isProved(nowMs: number, nodeId: NodeId, address: SocketAddress): boolean {
    return isFresh(nowMs, this.#theirs.peek(bondKey(nodeId, address)));
  }

  /** True if we have proved ours to the node within {@link BOND_LIFETIME_MS}. */
  isOursProved(nowMs: number, nodeId: NodeId, address: SocketAddress): boolean {
    return isFresh(nowMs, this.#ours.peek(bondKey(nodeId, address)));
  }

  /**
   * False if no node at all has proved this address: then a request from it needs no signature check to be ignored.
   * A proof that has run out may still give true.
   */
  mayBeProved(address: SocketAddress): boolean {
    return this.#provedAddresses.has(addressKey(address));
  }

  #countAddress(address: string, change: number): void {
    const count = (this.#provedAddresses.get(address) ?? 0) + change;
    if (count > 0) this.#provedAddresses.set(address, count);
    else this.#provedAddresses.delete(address);
  }
}

function isFresh(nowMs: number, atMs: number | undefined): boolean {
  return atMs !== undefined && nowMs - atMs < BOND_LIFETIME_MS;
}
