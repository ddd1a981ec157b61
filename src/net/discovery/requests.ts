import type { Hash32, NodeId } from '../../base/brand.js';
import { Wake } from '../../base/wake.js';
import type { SocketAddress } from '../../types/endpoint.js';
import { addressKey } from './bonds.js';

/** What a node answers with: the packet that a request waits for. */
export type ReplyKind = 'pong' | 'neighbors' | 'enr-response';

/** How long an answer may take. Beyond the slowest link there is, and short enough for a lookup of a dozen steps. */
export const REPLY_TIMEOUT_MS = 500;

/** Requests in flight at once: a refresh has a few dozen. Beyond it we stop asking, so that nothing makes it grow. */
export const MAX_REQUESTS = 512;

/** A request in flight. */
export interface PendingRequest<Reply> {
  readonly kind: ReplyKind;
  readonly nodeId: NodeId;
  readonly address: SocketAddress;
  /** Of the packet that was sent. */
  readonly hash: Hash32;
  /** Called once: with what came, or undefined if nothing did in time. Whoever wants the same answer may add itself. */
  done: (nowMs: number, reply: Reply | undefined) => void;
  deadlineMs: number;
  /** The part of an answer in several packets that has come. */
  collected: Reply | undefined;
}

/**
 * Requests in flight by what may answer them: the kind, the exact address and the node. At most one of each, so that an
 * answer belongs to one request or to none; what belongs to none is dropped (A7).
 */
export class Requests<Reply> {
  /** By kind and address, then by node. BOUNDED: by MAX_REQUESTS */
  readonly #pending = new Map<string, Map<NodeId, PendingRequest<Reply>>>();
  readonly #wake = new Wake();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** True if another request can be opened. */
  hasRoom(): boolean {
    return this.#size < MAX_REQUESTS;
  }

  /** The request to `nodeId` at `address` that waits for `kind`. */
  get(kind: ReplyKind, address: SocketAddress, nodeId: NodeId): PendingRequest<Reply> | undefined {
    return this.#pending.get(keyOf(kind, address))?.get(nodeId);
  }

  /** The requests that a packet of `kind` from `address` might answer, whoever signed it: the check before the signature. */
  expectedFrom(kind: ReplyKind, address: SocketAddress): readonly PendingRequest<Reply>[] {
    return [...(this.#pending.get(keyOf(kind, address))?.values() ?? [])];
  }

  /** Adds a request. False, with nothing added, if there is one already or no room. */
  open(request: PendingRequest<Reply>): boolean {
    if (!this.hasRoom() || this.get(request.kind, request.address, request.nodeId) !== undefined) return false;
    const key = keyOf(request.kind, request.address);
    const nodes = this.#pending.get(key) ?? new Map<NodeId, PendingRequest<Reply>>();
    nodes.set(request.nodeId, request);
    this.#pending.set(key, nodes);
    this.#size++;
    this.#wake.by(request.deadlineMs);
    return true;
  }

  /** Closes an open request with its answer. */
  settle(nowMs: number, request: PendingRequest<Reply>, reply: Reply): void {
    this.#remove(request);
    request.done(nowMs, reply);
  }

  /** Waits for an open request until `deadlineMs` at most. */
  hurry(request: PendingRequest<Reply>, deadlineMs: number): void {
    request.deadlineMs = Math.min(request.deadlineMs, deadlineMs);
    this.#wake.by(deadlineMs);
  }

  /** Closes all requests whose time is up, with what they have collected. */
  expire(nowMs: number): void {
    if (!this.#wake.take(nowMs)) return;
    const expired: PendingRequest<Reply>[] = []; // BOUNDED: by the pending ones
    for (const request of this.#all()) {
      if (request.deadlineMs <= nowMs) expired.push(request);
      else this.#wake.by(request.deadlineMs);
    }
    for (const request of expired) this.#remove(request);
    for (const request of expired) request.done(nowMs, request.collected);
  }

  /** When `expire` is due: at the earliest deadline, or before it; Infinity if nothing is in flight. */
  nextWake(): number {
    return this.#wake.atMs;
  }

  *#all(): Generator<PendingRequest<Reply>, void, undefined> {
    for (const nodes of this.#pending.values()) yield* nodes.values();
  }

  #remove({ kind, address, nodeId }: PendingRequest<Reply>): void {
    const key = keyOf(kind, address);
    const nodes = this.#pending.get(key);
    if (nodes?.delete(nodeId) !== true) return;
    if (--this.#size === 0) this.#wake.clear();
    if (nodes.size === 0) this.#pending.delete(key);
  }
}

function keyOf(kind: ReplyKind, address: SocketAddress): string {
  return `${kind}|${addressKey(address)}`;
}
