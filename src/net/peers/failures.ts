import { BoundedMap } from '../../base/bounded.js';
import type { NodeId } from '../../base/brand.js';
import type { SocketAddress } from '../../types/endpoint.js';

/** The last time a node (or, before it proved who it is, an address) did not become or remain a peer. */
export interface Failure {
  readonly id: NodeId | undefined;
  readonly address: SocketAddress;
  readonly direction: 'in' | 'out';
  readonly code: string;
  readonly detail: string;
  readonly atMs: number;
  /** In a row with the same code. */
  readonly count: number;
}

/** Why peers are missing: the last failure of each node, newest first; the oldest is forgotten when full. */
export class FailureLog {
  readonly #last: BoundedMap<string, Failure>;

  constructor(capacity = 512) {
    this.#last = new BoundedMap(capacity);
  }

  /** Notes a failure and says if it is news: the node's first with this code. */
  note(failure: Omit<Failure, 'count'>): boolean {
    const key = keyOf(failure.id, failure.address);
    const before = this.#last.peek(key);
    const repeated = before?.code === failure.code;
    const { id, address, direction, code, detail, atMs } = failure;
    const count = repeated ? before.count + 1 : 1;
    this.#last.set(key, { id, address, direction, code, detail, atMs, count });
    return !repeated;
  }

  /** The node is a peer now: nothing is wrong with it any more. */
  clear(id: NodeId): void {
    this.#last.delete(id);
  }

  of(id: NodeId): Failure | undefined {
    return this.#last.peek(id);
  }

  /** Newest first. */
  list(): Failure[] {
    return [...this.#last.values()].reverse();
  }
}

function keyOf(id: NodeId | undefined, address: SocketAddress): string {
  return id ?? address.ip;
}
