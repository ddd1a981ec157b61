import type { NodeId, PublicKey } from '../../base/brand.js';
import { toPublicKey } from '../../base/hex.js';
import type { IdentityScheme } from '../../ports/identity.js';
import type { Random } from '../../ports/random.js';
import type { Neighbor } from '../../wire/discv4/neighbor.js';
import { type Client, udpAddress } from './client.js';
import type { NodeRecord } from './discovery.js';
import type { TrafficLimits } from './limits.js';
import { BUCKET_COUNT, BUCKET_SIZE, type NodeTable } from './table.js';

/** A bucket with fewer nodes, a quarter of what fits, is thin if the network has more for it. */
export const THIN_BUCKET = 4;

/** Keys drawn for the ids of a filling: enough for buckets of networks of 10,000 nodes, in some milliseconds. */
const MAX_DRAWS = 1024;

/** What filling takes from the rest of discovery. */
export interface ThinBucketsDeps {
  readonly table: NodeTable;
  readonly scheme: IdentityScheme;
  readonly random: Random;
  readonly limits: TrafficLimits;
  readonly client: Pick<Client, 'findNode' | 'isPinging' | 'ping'>;
  /** The nodes of an answer that may be spoken to. */
  readonly heardOf: (from: NodeRecord, nodes: readonly Neighbor[]) => readonly NodeRecord[];
}

/**
 * Fills the buckets that looking for ourselves leaves thin: those between our neighbours, whom it is for, and the farthest
 * nodes, whom it starts from. If all nodes around an id lack the same bucket, every lookup that comes by ends among them.
 * After it the Kademlia paper (2.3) looks for a random id in each bucket beyond the neighbours. Here one node is asked
 * for each thin one, and every answer to a lookup helps as well.
 */
export class ThinBuckets {
  readonly #deps: ThinBucketsDeps;
  /** By bucket: nodes that are pinged for a place in it. */
  readonly #pinged: number[] = Array.from({ length: BUCKET_COUNT }, () => 0);

  constructor(deps: ThinBucketsDeps) {
    this.#deps = deps;
  }

  /** Asks one node for each thin bucket, no node twice: it answers one question at a time. */
  fill(nowMs: number): void {
    const { table, client, heardOf } = this.#deps;
    const asked = new Set<NodeId>();
    for (const { key, id } of this.#targetsIn(this.#thin())) {
      const node = table.closest(id, asked.size + 1).find(({ nodeId }) => !asked.has(nodeId));
      if (node === undefined) continue;
      asked.add(node.nodeId);
      client.findNode(nowMs, node, key, (doneAtMs, nodes) => {
        if (nodes !== undefined) this.offer(doneAtMs, heardOf(node, nodes));
      });
    }
  }

  /** Pings those of `nodes`, named by another node, that thin buckets have room for. The limits on hearsay hold. */
  offer(nowMs: number, nodes: readonly NodeRecord[]): void {
    const { table, limits, client } = this.#deps;
    for (const node of nodes) {
      const bucket = table.bucketOf(node.nodeId);
      const pinged = this.#pinged[bucket] as number;
      if (table.sizeOf(bucket) + pinged >= THIN_BUCKET || table.get(node.nodeId) !== undefined) continue;
      const address = udpAddress(node.endpoint);
      if (client.isPinging(node.nodeId, address) || !limits.admitHearsayPing(nowMs, address)) continue;
      this.#pinged[bucket] = pinged + 1;
      client.ping(nowMs, node, true, () => {
        this.#pinged[bucket] = (this.#pinged[bucket] as number) - 1;
      });
    }
  }

  /** Thin buckets. One has more to take if those nearer to us, which are as much of the network, fill a bucket. */
  #thin(): Set<number> {
    const { table } = this.#deps;
    const thin = new Set<number>();
    let nearer = 0;
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      const size = table.sizeOf(bucket);
      if (nearer >= BUCKET_SIZE && size < THIN_BUCKET) thin.add(bucket);
      nearer += size;
    }
    return thin;
  }

  /** An id in each of the buckets that luck hits, with its key: FINDNODE takes keys, and nobody can make one for an id. */
  #targetsIn(buckets: Set<number>): { readonly key: PublicKey; readonly id: NodeId }[] {
    const { table, scheme, random } = this.#deps;
    const targets: { readonly key: PublicKey; readonly id: NodeId }[] = [];
    for (let draws = 0; buckets.size > 0 && draws < MAX_DRAWS; draws++) {
      const key = toPublicKey(random.bytes(64));
      const id = scheme.nodeIdOf(key);
      if (buckets.delete(table.bucketOf(id))) targets.push({ key, id });
    }
    return targets;
  }
}
