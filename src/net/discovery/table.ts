import type { NodeId } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import { compareDistance, logDistance } from '../../types/distance.js';
import type { Subnets } from './address-facts.js';
import type { AddressRules } from './address-rules.js';
import type { NodeRecord } from './discovery.js';

/** Kademlia's k (devp2p discv4.md, Kademlia Table). */
export const BUCKET_SIZE = 16;
/** Nodes closer than 2^240 share one bucket: with fewer than 2^16 nodes per bucket nobody honest is that close. */
export const BUCKET_COUNT = 17;
const FARTHEST_IN_FIRST_BUCKET = 240;
/** Nodes per bucket that wait for a place. */
export const MAX_REPLACEMENTS = 10;
/** Nodes of one /24 (IPv6 /48) in a bucket, so that one rack can't fill it (A1). Replacements count. */
export const MAX_SUBNET_IN_BUCKET = 2;
/** Nodes of one /24 (IPv6 /48), and of one IPv6 /32, in the whole table. */
export const MAX_SUBNET_IN_TABLE = 10;
/** A node that keeps answering pings but no queries brings no lookup forward. */
export const MAX_FAILED_QUERIES = 5;

/** Whether a node went in, and if not, why. */
export type AddOutcome =
  | { readonly kind: 'added' }
  /** Its bucket is full: it waits for a place. `displaced` waited longest and is gone. */
  | { readonly kind: 'waiting'; readonly displaced: NodeId | undefined }
  /** It was there already; its record is the new one now. */
  | { readonly kind: 'updated' }
  | { readonly kind: 'refused'; readonly reason: 'self' | 'bucket-subnet' | 'table-subnet' };

const ADDED: AddOutcome = { kind: 'added' };
const UPDATED: AddOutcome = { kind: 'updated' };

/** A node in the table. */
export interface TableEntry {
  readonly record: NodeRecord;
  readonly addedAtMs: number;
  /** When it last answered us. */
  readonly lastSeenMs: number;
  /** Answered checks, divided by 3 at each failure. */
  readonly livenessChecks: number;
  /** FINDNODEs in a row that brought no answer. */
  readonly failedQueries: number;
}

/** An entry as the table itself holds it. */
interface Slot {
  record: NodeRecord;
  readonly addedAtMs: number;
  lastSeenMs: number;
  livenessChecks: number;
  failedQueries: number;
  /** Those it counts for; none if its address is not limited. */
  subnets: Subnets | undefined;
}

interface Bucket {
  /** BOUNDED: by BUCKET_SIZE */
  entries: Map<NodeId, Slot>;
  /** Oldest first. BOUNDED: by MAX_REPLACEMENTS */
  replacements: Map<NodeId, Slot>;
}

/** What a list is until something is put in it, and never written to: most buckets of a table stay empty. */
const NOTHING = new Map<NodeId, Slot>();

function put(bucket: Bucket, list: keyof Bucket, nodeId: NodeId, slot: Slot): void {
  if (bucket[list] === NOTHING) bucket[list] = new Map();
  bucket[list].set(nodeId, slot);
}

/**
 * The routing table: nodes that proved their endpoint, by distance from us. No sequence of calls makes it hold more than
 * its limits per bucket and per subnet.
 */
export class NodeTable {
  readonly #self: NodeId;
  readonly #rules: AddressRules;
  readonly #random: Random;
  readonly #buckets: readonly Bucket[];
  /** Entries and replacements of each subnet. BOUNDED: by the buckets */
  readonly #perSubnet = new Map<string, number>();

  constructor(self: NodeId, rules: AddressRules, random: Random) {
    this.#self = self;
    this.#rules = rules;
    this.#random = random;
    this.#buckets = Array.from({ length: BUCKET_COUNT }, () => ({ entries: NOTHING, replacements: NOTHING }));
  }

  /** Nodes in buckets; those that wait are not counted. */
  get size(): number {
    return this.#buckets.reduce((sum, { entries }) => sum + entries.size, 0);
  }

  /** Nodes in one bucket. */
  sizeOf(bucket: number): number {
    return this.#buckets[bucket]?.entries.size ?? 0;
  }

  /** The number of the bucket that `nodeId` belongs to, the closest one being 0. */
  bucketOf(nodeId: NodeId): number {
    return Math.max(0, logDistance(this.#self, nodeId) - FARTHEST_IN_FIRST_BUCKET);
  }

  /** The entry of a node in a bucket; undefined if it waits or is not known. */
  get(nodeId: NodeId): TableEntry | undefined {
    return this.#bucket(nodeId).entries.get(nodeId);
  }

  /** Adds a node that has just proved its endpoint, or brings its record up to date. */
  add(nowMs: number, record: NodeRecord): AddOutcome {
    const { nodeId } = record;
    if (nodeId === this.#self) return { kind: 'refused', reason: 'self' };
    const bucket = this.#bucket(nodeId);
    const { entries, replacements } = bucket;
    const subnets = this.#rules.subnets(record.endpoint.ip);
    const reason = this.#subnetRefusal(nodeId, subnets);
    if (reason !== undefined) return { kind: 'refused', reason };
    const known = entries.get(nodeId);
    if (known !== undefined) {
      if (known.subnets !== subnets) {
        this.#count(known.subnets, -1);
        this.#count(subnets, 1);
      }
      known.record = record;
      known.subnets = subnets;
      known.lastSeenMs = nowMs;
      return UPDATED;
    }
    const [addedAtMs, lastSeenMs] = [nowMs, nowMs];
    const entry: Slot = { record, addedAtMs, lastSeenMs, livenessChecks: 1, failedQueries: 0, subnets };
    this.#forget(replacements, nodeId);
    this.#count(subnets, 1);
    if (entries.size < BUCKET_SIZE) {
      put(bucket, 'entries', nodeId, entry);
      return ADDED;
    }
    const oldest = replacements.size === MAX_REPLACEMENTS ? replacements.keys().next().value : undefined;
    if (oldest !== undefined) this.#forget(replacements, oldest);
    put(bucket, 'replacements', nodeId, entry);
    return { kind: 'waiting', displaced: oldest };
  }

  /** Counts an answered check. False if the node is not in a bucket. */
  markAlive(nowMs: number, nodeId: NodeId): boolean {
    const entry = this.#bucket(nodeId).entries.get(nodeId);
    if (entry === undefined) return false;
    entry.lastSeenMs = nowMs;
    entry.livenessChecks++;
    entry.failedQueries = 0;
    return true;
  }

  /** Counts a check without answer: a node that has passed few is removed. Returns what `remove` returns if it was. */
  markDead(nodeId: NodeId): { readonly removed: boolean; readonly promoted: NodeRecord | undefined } {
    const entry = this.#bucket(nodeId).entries.get(nodeId);
    const livenessChecks = Math.floor((entry?.livenessChecks ?? 0) / 3);
    if (entry === undefined || livenessChecks === 0) return { removed: true, promoted: this.remove(nodeId) };
    entry.livenessChecks = livenessChecks;
    return { removed: false, promoted: undefined };
  }

  /**
   * Counts the outcome of a FINDNODE. A node is useless once {@link MAX_FAILED_QUERIES} in a row have failed, unless its
   * bucket has hardly another.
   */
  countQuery(nodeId: NodeId, answered: boolean): 'ok' | 'useless' {
    const { entries } = this.#bucket(nodeId);
    const entry = entries.get(nodeId);
    if (entry === undefined) return 'ok';
    entry.failedQueries = answered ? 0 : entry.failedQueries + 1;
    return entry.failedQueries >= MAX_FAILED_QUERIES && entries.size >= BUCKET_SIZE / 2 ? 'useless' : 'ok';
  }

  /** Removes a node. If that leaves room, one of those waiting, drawn at random, takes the place and is returned. */
  remove(nodeId: NodeId): NodeRecord | undefined {
    const { entries, replacements } = this.#bucket(nodeId);
    this.#forget(replacements, nodeId);
    if (!this.#forget(entries, nodeId) || replacements.size === 0) return undefined;
    // At random: whoever hopes to push an honest node out must not know who comes in.
    const promoted = [...replacements.values()][this.#random.below(replacements.size)];
    if (promoted === undefined) return undefined;
    replacements.delete(promoted.record.nodeId);
    entries.set(promoted.record.nodeId, promoted);
    return promoted.record;
  }

  /**
   * The nodes in buckets closest to `target` among those that `accepts` takes, closest first. Of our distance to the target,
   * nodes of its own bucket share the highest bit, so that in their distance to it that bit is clear: they come first.
   * Nodes closer to us lack it, so that it is set; and of those farther away their own highest bit decides.
   */
  closest(target: NodeId, count: number, accepts: (record: NodeRecord) => boolean = () => true): NodeRecord[] {
    const closest: NodeRecord[] = []; // BOUNDED: by count
    const own = this.bucketOf(target);
    this.#gather(closest, target, count, accepts, own, own + 1);
    this.#gather(closest, target, count, accepts, 0, own);
    for (let i = own + 1; i < BUCKET_COUNT; i++) this.#gather(closest, target, count, accepts, i, i + 1);
    return closest;
  }

  /** Adds the closest nodes of some buckets to those gathered before, up to `count`. */
  #gather(
    closest: NodeRecord[],
    target: NodeId,
    count: number,
    accepts: (record: NodeRecord) => boolean,
    from: number,
    to: number,
  ): void {
    const before = closest.length;
    if (before === count) return;
    for (let i = from; i < to; i++) {
      for (const { record } of (this.#buckets[i] as Bucket).entries.values()) {
        let at = closest.length;
        while (at > before && compareDistance(target, record.nodeId, (closest[at - 1] as NodeRecord).nodeId) < 0) at--;
        if (at >= count || !accepts(record)) continue;
        closest.splice(at, 0, record);
        if (closest.length > count) closest.pop();
      }
    }
  }

  /** Every node in a bucket, bucket by bucket. */
  *entries(): Generator<TableEntry, void, undefined> {
    for (const bucket of this.#buckets) yield* bucket.entries.values();
  }

  /** Every node that waits for a place. */
  *replacements(): Generator<TableEntry, void, undefined> {
    for (const bucket of this.#buckets) yield* bucket.replacements.values();
  }

  #bucket(nodeId: NodeId): Bucket {
    return this.#buckets[this.bucketOf(nodeId)] as Bucket;
  }

  /** Why no further node of these subnets may be in this node's bucket. The node itself, if there, is not counted. */
  #subnetRefusal(nodeId: NodeId, limited: Subnets | undefined): 'bucket-subnet' | 'table-subnet' | undefined {
    if (limited === undefined) return undefined;
    const { near, wide } = limited;
    const bucket = this.#bucket(nodeId);
    const own = (bucket.entries.get(nodeId) ?? bucket.replacements.get(nodeId))?.subnets;
    const inNear = (this.#perSubnet.get(near) ?? 0) - Number(own?.near === near);
    if (inNear === 0 && wide === undefined) return undefined;
    let inBucket = 0;
    for (const list of [bucket.entries, bucket.replacements]) {
      for (const [id, { subnets }] of list) if (id !== nodeId && subnets?.near === near) inBucket++;
    }
    if (inBucket >= MAX_SUBNET_IN_BUCKET) return 'bucket-subnet';
    const inWide = wide === undefined ? 0 : (this.#perSubnet.get(wide) ?? 0) - Number(own?.wide === wide);
    return inNear >= MAX_SUBNET_IN_TABLE || inWide >= MAX_SUBNET_IN_TABLE ? 'table-subnet' : undefined;
  }

  #forget(list: Map<NodeId, Slot>, nodeId: NodeId): boolean {
    this.#count(list.get(nodeId)?.subnets, -1);
    return list.delete(nodeId);
  }

  #count(subnets: Subnets | undefined, change: number): void {
    if (subnets === undefined) return;
    this.#countOf(subnets.near, change);
    if (subnets.wide !== undefined) this.#countOf(subnets.wide, change);
  }

  #countOf(subnet: string, change: number): void {
    const count = (this.#perSubnet.get(subnet) ?? 0) + change;
    if (count > 0) this.#perSubnet.set(subnet, count);
    else this.#perSubnet.delete(subnet);
  }
}
