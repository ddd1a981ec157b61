import type { NodeId } from '../../../base/brand.js';
import type { Random } from '../../../ports/random.js';
import type { DialNode } from '../dial-node.js';

/** Peers that are looked for at once: one of them is enough to join what was cut apart. */
const MAX_MISSING = 16;
/** Losses so close together have one cause. Silence is noticed after half a minute, by each connection at its own time. */
const BURST_MS = 60_000;
/** Losses remembered to tell a burst: more than there are slots. */
const MAX_RECENT = 256;
/** Such a share of the peers does not die at once: the network between us and them does. */
const BURST_SHARE = 0.25;
/** Between two attempts, in the beginning and at most; in between a two-hundredth of the time since the cut, so that a long one costs little. */
const LEAST_PAUSE_MS = 5_000;
const MOST_PAUSE_MS = 60_000;
const PAUSE_SHARE = 1 / 200;
/** When one is back, the others are tried this soon after each other. */
const QUICK_PAUSE_MS = 500;
/** Whoever is gone for so long is found as a stranger is. */
const GIVE_UP_MS = 24 * 3_600_000;

/**
 * Peers that fell silent together: the network was cut, on our side or somewhere between. They are dialed in turn, for hours and even
 * when others have taken their slots, since nobody else may know a way across. Bitcoin Core opens extra connections for the same
 * reason when its tip is stale (net_processing.cpp, CheckForStaleTipAndEvictPeers). Time is an argument, deadlines are data.
 */
export class MissingPeers {
  readonly #random: Random;
  /** In order of their turn. BOUNDED: by MAX_MISSING in #miss */
  readonly #missing = new Map<NodeId, DialNode>();
  /** Losses of the last BURST_MS. BOUNDED: by MAX_RECENT in onSilence */
  #recent: { readonly node: DialNode | undefined; readonly atMs: number }[] = [];
  #sinceMs = 0;
  #tryAtMs = Number.POSITIVE_INFINITY;
  /** Attempts that follow each other quickly, since the network seems to be back. */
  #quick = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#missing.size;
  }

  /** A peer fell silent and `left` others are there still. `node` is undefined if it had dialed us: where it listens is not known. */
  onSilence(nowMs: number, node: DialNode | undefined, left: number): void {
    this.#recent = this.#recent.filter(({ atMs }) => atMs > nowMs - BURST_MS);
    this.#recent.push({ node, atMs: nowMs });
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
    if (this.#recent.length < BURST_SHARE * (this.#recent.length + left)) return;
    this.#sinceMs = nowMs;
    this.#tryAtMs = Math.min(this.#tryAtMs, nowMs + this.#pauseMs(nowMs));
    for (const { node: lost } of this.#recent) if (lost !== undefined) this.#miss(lost);
  }

  /** A node proved its key. If it was missing, that is returned: the network is back, and the others are tried soon. */
  onFound(nowMs: number, id: NodeId): DialNode | undefined {
    const found = this.#missing.get(id);
    if (!this.#missing.delete(id)) return undefined;
    this.#quick = this.#missing.size;
    this.#tryAtMs = nowMs + this.#pauseMs(nowMs);
    return found;
  }

  forget(id: NodeId): void {
    this.#missing.delete(id);
  }

  /** The missing peer whose turn it is, if it is time to dial one; `usable` tells whether it may be dialed now. */
  take(nowMs: number, usable: (node: DialNode) => boolean): DialNode | undefined {
    if (nowMs < this.#tryAtMs) return undefined;
    if (nowMs >= this.#sinceMs + GIVE_UP_MS) this.#missing.clear();
    if (this.#quick > 0) this.#quick--;
    const [next] = this.#missing.values();
    this.#tryAtMs = next === undefined ? Number.POSITIVE_INFINITY : nowMs + this.#pauseMs(nowMs);
    if (next === undefined) return undefined;
    this.#missing.delete(next.nodeId);
    this.#missing.set(next.nodeId, next);
    return usable(next) ? next : undefined;
  }

  /** When `take` may have somebody. */
  nextWake(): number {
    return this.#tryAtMs;
  }

  #miss(node: DialNode): void {
    if (this.#missing.size < MAX_MISSING) this.#missing.set(node.nodeId, node);
  }

  /** From a half to one and a half of the pause, so that those who lost each other don't all come at once. */
  #pauseMs(nowMs: number): number {
    const spread = 0.5 + this.#random.float();
    if (this.#quick > 0) return QUICK_PAUSE_MS * spread;
    const growing = (nowMs - this.#sinceMs) * PAUSE_SHARE;
    return Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, growing)) * spread;
  }
}
