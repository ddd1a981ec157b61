import type { NodeId } from '../../base/brand.js';
import { compareDistance } from '../../types/distance.js';
import type { LookupEffort, NodeRecord } from './discovery.js';

/** How a lookup spreads. */
export interface LookupConfig {
  /** Queries in flight per path. */
  readonly alpha: number;
  /** How many of the closest nodes must have answered at the end, and how many are returned. */
  readonly k: number;
  /**
   * Node-disjoint paths: each queries nodes that no other path has queried, so a liar misleads only the path that
   * reached it (S/Kademlia).
   */
  readonly paths: number;
}

/** A single path as Kademlia has it. */
export const SINGLE_PATH: LookupConfig = { alpha: 3, k: 16, paths: 1 };

/** Candidates kept per path, the closest ones: enough to replace a whole set of 16 that fails twice over. */
const MAX_CANDIDATES = 48;
/**
 * Queries per path. An honest lookup takes some 20 to 40; without an end, a liar who makes up ever closer ids would keep
 * it going for ever.
 */
const MAX_QUERIES = 64;

type Progress = 'heard-of' | 'asked' | 'answered' | 'failed';

interface Candidate {
  readonly node: NodeRecord;
  /** How many nodes had to be asked to hear of it: one more than for who named it first. */
  readonly hops: number;
  progress: Progress;
}

interface Path {
  /** Closest to the target first. BOUNDED: by MAX_CANDIDATES */
  candidates: Candidate[];
  inFlight: number;
  queries: number;
}

/**
 * The search for the nodes closest to an id, as data: it says whom to ask next and is told what came of it. It sends
 * nothing and knows no time.
 */
export class Lookup {
  readonly target: NodeId;
  readonly #self: NodeId;
  readonly #config: LookupConfig;
  readonly #paths: Path[];
  /** Which path asked whom. BOUNDED: by paths * MAX_QUERIES */
  readonly #askedBy = new Map<NodeId, Path>();

  /** `seeds` are dealt out to the paths in turn, closest first. */
  constructor(self: NodeId, target: NodeId, seeds: readonly NodeRecord[], config: LookupConfig = SINGLE_PATH) {
    this.target = target;
    this.#self = self;
    this.#config = config;
    this.#paths = Array.from({ length: config.paths }, () => ({ candidates: [], inFlight: 0, queries: 0 }));
    const closest = [...seeds].sort((a, b) => compareDistance(target, a.nodeId, b.nodeId));
    for (const [i, path] of this.#paths.entries()) {
      this.#hear(
        path,
        closest.filter((_, index) => index % config.paths === i),
        0,
      );
    }
  }

  /** The node to ask now, which counts as asked from here on; undefined if there is none at the moment. */
  next(): NodeRecord | undefined {
    for (const path of this.#paths) {
      const candidate = this.#nextOf(path);
      if (candidate === undefined) continue;
      candidate.progress = 'asked';
      path.inFlight++;
      path.queries++;
      this.#askedBy.set(candidate.node.nodeId, path);
      return candidate.node;
    }
    return undefined;
  }

  /** A node that was asked has answered with `nodes`. */
  answered(nodeId: NodeId, nodes: readonly NodeRecord[]): void {
    const settled = this.#settle(nodeId, 'answered');
    if (settled !== undefined) this.#hear(settled.path, nodes, settled.candidate.hops + 1);
  }

  /** A node that was asked did not answer, or could not be asked. */
  failed(nodeId: NodeId): void {
    this.#settle(nodeId, 'failed');
  }

  /** True when nobody is left to ask and no answer is awaited. */
  isDone(): boolean {
    return this.#paths.every((path) => path.inFlight === 0 && this.#nextOf(path) === undefined);
  }

  /** The closest nodes that answered, over all paths, closest first, at most k. */
  closest(): NodeRecord[] {
    return this.#closest().map(({ node }) => node);
  }

  /** What it took so far. */
  effort(): LookupEffort {
    return { hops: this.#closest()[0]?.hops ?? 0, queries: this.#paths.reduce((sum, path) => sum + path.queries, 0) };
  }

  #closest(): Candidate[] {
    return this.#paths
      .flatMap((path) => path.candidates.filter(({ progress }) => progress === 'answered'))
      .sort((a, b) => compareDistance(this.target, a.node.nodeId, b.node.nodeId))
      .slice(0, this.#config.k);
  }

  /** The closest node not asked yet among the k closest that did not fail: beyond those, answers can't matter. */
  #nextOf(path: Path): Candidate | undefined {
    if (path.inFlight >= this.#config.alpha || path.queries >= MAX_QUERIES) return undefined;
    let considered = 0;
    for (const candidate of path.candidates) {
      const elsewhere = candidate.progress === 'heard-of' && this.#askedBy.has(candidate.node.nodeId);
      if (candidate.progress === 'failed' || elsewhere) continue;
      if (considered++ === this.#config.k) return undefined;
      if (candidate.progress === 'heard-of') return candidate;
    }
    return undefined;
  }

  #settle(nodeId: NodeId, progress: 'answered' | 'failed'): { path: Path; candidate: Candidate } | undefined {
    const path = this.#askedBy.get(nodeId);
    const candidate = path?.candidates.find(({ node }) => node.nodeId === nodeId);
    if (path === undefined || candidate?.progress !== 'asked') return undefined;
    candidate.progress = progress;
    path.inFlight--;
    return { path, candidate };
  }

  #hear(path: Path, nodes: readonly NodeRecord[], hops: number): void {
    const { candidates } = path;
    for (const node of nodes) {
      if (node.nodeId === this.#self) continue;
      const at = this.#placeOf(candidates, node.nodeId);
      if (candidates[at]?.node.nodeId === node.nodeId) continue;
      candidates.splice(at, 0, { node, hops, progress: 'heard-of' });
    }
    if (candidates.length <= MAX_CANDIDATES) return;
    // Whoever is being asked stays, however far away: its answer is still to be accounted for.
    path.candidates = candidates.filter(({ progress }, i) => i < MAX_CANDIDATES || progress === 'asked');
  }

  /** Where a node is among the candidates, or would have to be. */
  #placeOf(candidates: readonly Candidate[], nodeId: NodeId): number {
    let [from, to] = [0, candidates.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const candidate = candidates[middle] as Candidate;
      if (compareDistance(this.target, candidate.node.nodeId, nodeId) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
