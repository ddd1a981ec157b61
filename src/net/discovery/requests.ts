import type { Hash32, NodeId } from '../../base/brand.js';
import { Wake } from '../../base/wake.js';
import type { SocketAddress } from '../../types/endpoint.js';

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
  /** Of the packet that was sent, where the answer names it. */
  readonly hash: Hash32 | undefined;
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
  /** By ip: but for a test bench on one machine, that of a few. BOUNDED: by MAX_REQUESTS */
  readonly #pending = new Map<string, PendingRequest<Reply>[]>();
  readonly #wake = new Wake();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** True if half of the room is taken: beyond it, only what we want to know ourselves is asked. */
  isBusy(): boolean {
    return this.#size >= MAX_REQUESTS / 2;
  }

  /** True if another request can be opened. */
  hasRoom(): boolean {
    return this.#size < MAX_REQUESTS;
  }

  /** The request to `nodeId` at `address` that waits for `kind`. */
  get(kind: ReplyKind, address: SocketAddress, nodeId: NodeId): PendingRequest<Reply> | undefined {
    return this.#pending.get(address.ip)?.find((request) => request.nodeId === nodeId && fits(request, kind, address));
  }

  /**
   * True if a packet of `kind` from `address` might answer a request, whoever signed it: the check before the signature.
   * With `hash` only the request with that hash counts.
   */
  expects(kind: ReplyKind, address: SocketAddress, hash?: string): boolean {
    for (const request of this.#pending.get(address.ip) ?? NONE) {
      if (fits(request, kind, address) && (hash === undefined || request.hash === hash)) return true;
    }
    return false;
  }

  /** Adds a request. False, with nothing added, if there is one already or no room. */
  open(request: PendingRequest<Reply>): boolean {
    if (!this.hasRoom() || this.get(request.kind, request.address, request.nodeId) !== undefined) return false;
    const there = this.#pending.get(request.address.ip);
    if (there === undefined) this.#pending.set(request.address.ip, [request]);
    else there.push(request);
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
    for (const there of this.#pending.values()) {
      for (const request of there) {
        if (request.deadlineMs <= nowMs) expired.push(request);
        else this.#wake.by(request.deadlineMs);
      }
    }
    for (const request of expired) this.#remove(request);
    for (const request of expired) request.done(nowMs, request.collected);
  }

  /** When `expire` is due: at the earliest deadline, or before it; Infinity if nothing is in flight. */
  nextWake(): number {
    return this.#wake.atMs;
  }

  #remove(request: PendingRequest<Reply>): void {
    const { ip } = request.address;
    const there = this.#pending.get(ip);
    const at = there?.indexOf(request) ?? -1;
    if (there === undefined || at < 0) return;
    if (there.length === 1) this.#pending.delete(ip);
    else there.splice(at, 1);
    if (--this.#size === 0) this.#wake.clear();
  }
}

const NONE: readonly never[] = [];

function fits<Reply>(request: PendingRequest<Reply>, kind: ReplyKind, { port }: SocketAddress): boolean {
  return request.kind === kind && request.address.port === port;
}
