import { toPublicKey } from '../../base/hex.js';
import { invariant } from '../../base/invariant.js';
import { compareDistance } from '../../types/distance.js';
import type { SimNode } from '../machines/sim-node.js';
import { seededRandom } from '../seeded-random.js';
import type { World } from '../world.js';

/** How many nodes a lookup is to find. */
const CLOSEST = 16;
/** Virtual time between two lookups: each node has its own, and the network is not to be measured under a storm. */
const EVERY_MS = 2;
/** A lookup asks some dozens of nodes, three at a time, and waits half a second for one that is gone. */
const PATIENCE_MS = 60_000;

/** What one lookup came to. */
export interface SurveyedLookup {
  readonly node: SimNode;
  /** Share of the 16 live nodes closest to the target that it found. */
  readonly recall: number;
  readonly hops: number;
  readonly queries: number;
  /** Datagrams that the node sent and received meanwhile. */
  readonly datagrams: number;
}

/**
 * Lets `lookers` look up a random id each, one after the other, and compares what they find with the truth as it was
 * when they began. A lookup that does not end counts as one that found nothing.
 */
export function surveyLookups(world: World, lookers: readonly SimNode[], seed: string): SurveyedLookup[] {
  const random = seededRandom(`${seed}/survey`);
  const done: SurveyedLookup[] = [];
  const live = world.nodes.filter((node) => node.running());
  for (const node of lookers) {
    begin(world, node, live, random.bytes(64), (lookup) => done.push(lookup));
    world.run(EVERY_MS);
  }
  world.run(PATIENCE_MS, () => done.length === lookers.length);
  const ended = new Set(done.map(({ node }) => node));
  const lost = lookers.filter((node) => !ended.has(node));
  return [...done, ...lost.map((node) => ({ node, recall: 0, hops: 0, queries: 0, datagrams: 0 }))];
}

function begin(
  world: World,
  node: SimNode,
  live: readonly SimNode[],
  key: Uint8Array,
  onDone: (lookup: SurveyedLookup) => void,
): void {
  const target = toPublicKey(key);
  const truth = closestTo(world.nodeIdOf(target), live, node);
  const before = datagramsOf(node);
  node.execute(({ swarm }, nowMs) =>
    swarm.lookup(nowMs, target, (_nowMs, found, { hops, queries }) => {
      const hits = found.filter(({ nodeId }) => truth.has(nodeId)).length;
      onDone({ node, recall: hits / truth.size, hops, queries, datagrams: datagramsOf(node) - before });
    }),
  );
}

function datagramsOf(node: SimNode): number {
  const counters = node.rooms().swarm.discoveryCounters();
  invariant(counters !== undefined, 'a node that looks has discovery');
  return counters.sent + counters.received;
}

/** The ids of the nodes closest to `target`, the one that looks left out. */
function closestTo(target: SimNode['identity']['nodeId'], nodes: readonly SimNode[], looker: SimNode): Set<string> {
  const closest: SimNode['identity']['nodeId'][] = [];
  for (const { identity } of nodes) {
    if (identity === looker.identity) continue;
    const last = closest[CLOSEST - 1];
    if (last !== undefined && compareDistance(target, last, identity.nodeId) < 0) continue;
    const at = closest.findIndex((id) => compareDistance(target, identity.nodeId, id) < 0);
    closest.splice(at < 0 ? closest.length : at, 0, identity.nodeId);
    closest.length = Math.min(closest.length, CLOSEST);
  }
  return new Set(closest);
}
