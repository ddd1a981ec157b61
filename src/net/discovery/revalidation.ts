import type { NodeId } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';

/** Mean time between checks of nodes that are new or have just failed one: a dead node is soon gone. */
export const FAST_INTERVAL_MS = 3_000;
/** Mean time between checks of nodes that passed: 272 of them take some 40 minutes, well within a 12 h endpoint proof. */
export const SLOW_INTERVAL_MS = 9_000;

type Pace = 'fast' | 'slow';

interface Queue {
  readonly pace: Pace;
  readonly intervalMs: number;
  /** BOUNDED: by the table, whose nodes these are */
  readonly nodes: NodeId[];
  dueAtMs: number;
}

/**
 * When to check which node of the table is still alive. One node of each pace is checked at a time, drawn at random, on
 * our own schedule: nothing that a remote sends hurries or delays it (A1).
 */
export class Revalidation {
  readonly #random: Random;
  readonly #fast: Queue = { pace: 'fast', intervalMs: FAST_INTERVAL_MS, nodes: [], dueAtMs: Number.POSITIVE_INFINITY };
  readonly #slow: Queue = { pace: 'slow', intervalMs: SLOW_INTERVAL_MS, nodes: [], dueAtMs: Number.POSITIVE_INFINITY };

  constructor(random: Random) {
    this.#random = random;
  }

  /** Puts a node under watch at the given pace, or changes its pace. */
  watch(nowMs: number, nodeId: NodeId, pace: Pace): void {
    this.forget(nodeId);
    const queue = pace === 'fast' ? this.#fast : this.#slow;
    queue.nodes.push(nodeId);
    if (queue.dueAtMs === Number.POSITIVE_INFINITY) this.#schedule(queue, nowMs);
  }

  /** Checks all soon: they hear by it that what we say of ourselves has changed. */
  hurry(nowMs: number): void {
    for (const nodeId of [...this.#slow.nodes]) this.watch(nowMs, nodeId, 'fast');
  }

  /** The node has left the table. */
  forget(nodeId: NodeId): void {
    for (const queue of [this.#fast, this.#slow]) {
      const index = queue.nodes.indexOf(nodeId);
      if (index >= 0) queue.nodes.splice(index, 1);
      if (queue.nodes.length === 0) queue.dueAtMs = Number.POSITIVE_INFINITY;
    }
  }

  /** The nodes to check now, at most one of each pace. They stay under watch. */
  due(nowMs: number): NodeId[] {
    return [this.#fast, this.#slow].flatMap((queue) => {
      if (queue.dueAtMs > nowMs) return [];
      this.#schedule(queue, nowMs);
      return queue.nodes[this.#random.below(queue.nodes.length)] ?? [];
    });
  }

  /** When the next check is due; Infinity if nothing is under watch. */
  nextWake(): number {
    return Math.min(this.#fast.dueAtMs, this.#slow.dueAtMs);
  }

  /** Anywhere from half to one and a half intervals ahead, so that nodes started together do not stay in step. */
  #schedule(queue: Queue, nowMs: number): void {
    queue.dueAtMs = nowMs + queue.intervalMs * (0.5 + this.#random.float());
  }
}
