import type { NodeId, PublicKey } from '../../base/brand.js';
import { bytesToNumber } from '../../base/bytes.js';
import { keccak256 } from '../../crypto/keccak.js';
import type { Random } from '../../ports/random.js';
import type { Endpoint } from '../../types/endpoint.js';
import { g16, g24, groupLimitsApply } from '../defense/diversity.js';

/** Nodes that we were connected to: 64 buckets of 16. */
const TRIED_BUCKETS = 64;
/** Nodes that we were told of: 256 buckets of 16. */
const NEW_BUCKETS = 256;
const BUCKET_SIZE = 16;
/** Entries of one /24 in a bucket of `tried`: one address can be any number of nodes. */
const TRIED_PER_G24 = 2;
/** Buckets of `tried` that one /16 reaches, and of `new` that one source's /16 reaches: an eighth and a sixteenth. */
const TRIED_PER_GROUP = 8;
const NEW_PER_SOURCE = 16;

const HOUR_MS = 3_600_000;
/** A tried node keeps its place until it has failed twice and not been seen for so long (test before evict). */
const INCUMBENT_MS = 4 * HOUR_MS;
/** A new node that failed so often and never answered can be replaced. */
const TERRIBLE_FAILS = 3;
/** Not seen for so long: gone. */
const STALE_MS = 30 * 24 * HOUR_MS;

/** When a node was last seen is kept no more exactly than this: discovery tells of each one a minute, and each change is written. */
const SEEN_STEP_MS = 10 * 60_000;

/** A node of the book. */
export interface BookEntry {
  readonly nodeId: NodeId;
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint;
  readonly tried: boolean;
  /** The /16 that told us of it. */
  readonly source16: string;
  readonly firstSeenMs: number;
  /** When it was last told of or connected. */
  readonly lastSeenMs: number;
  /** Failed dials since the last success. */
  readonly fails: number;
}

/** What became of an offered node. */
export type BookOutcome = 'added' | 'updated' | 'bucket-full';

/**
 * Nodes worth dialing, over restarts. Buckets are chosen by a keyed hash of the address's /16 and of its source's, so that one group fills
 * a small part of the book whatever it sends and can't tell which (table poisoning, eclipse by restart).
 */
export class AddressBook {
  /** Secret of this node: the bucket of an address can't be computed by others. */
  readonly key: Uint8Array;
  // BOUNDED: by the buckets, of which there are TRIED_BUCKETS + NEW_BUCKETS with BUCKET_SIZE entries each.
  readonly #entries = new Map<NodeId, BookEntry>();
  readonly #buckets = new Map<string, NodeId[]>(); // BOUNDED: as above
  /** The buckets by side, since `pick` was last asked; undefined once one came or went. */
  #filled: Readonly<Record<'t' | 'n', readonly (readonly NodeId[])[]>> | undefined;
  readonly #changed = new Set<NodeId>(); // BOUNDED: by CHANGES_KEPT in #touch
  readonly #random: Random;

  constructor(random: Random, key: Uint8Array = random.bytes(32)) {
    this.#random = random;
    this.key = key;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: NodeId): BookEntry | undefined {
    return this.#entries.get(id);
  }

  /** Offers a node that `sourceIp` told us of; the node itself is its own source when it came to us. */
  offer(nowMs: number, node: Pick<BookEntry, 'nodeId' | 'publicKey' | 'endpoint'>, sourceIp: string): BookOutcome {
    const known = this.#entries.get(node.nodeId);
    if (known === undefined) {
      const source16 = g16(sourceIp);
      const { nodeId, publicKey, endpoint } = node;
      const [firstSeenMs, lastSeenMs] = [nowMs, nowMs];
      const entry = { nodeId, publicKey, endpoint, tried: false, source16, firstSeenMs, lastSeenMs, fails: 0 };
      return this.#insert(nowMs, entry) ? 'added' : 'bucket-full';
    }
    // A datagram of the same key says nothing of an address at which dials fail, or which is another one: else whoever was
    // reached once would hold its place for ever.
    if (known.tried && (known.fails > 0 || node.endpoint.ip !== known.endpoint.ip)) return 'updated';
    // Its address counts for its bucket: a tried node moves only by being reached at the new one.
    const endpoint = known.tried ? known.endpoint : node.endpoint;
    if (isSame(endpoint, known.endpoint) && nowMs - known.lastSeenMs < SEEN_STEP_MS) return 'updated';
    const { nodeId, publicKey, tried, source16, firstSeenMs, fails } = known;
    const moved = { nodeId, publicKey, endpoint, tried, source16, firstSeenMs, lastSeenMs: nowMs, fails };
    if (endpoint.ip === known.endpoint.ip) {
      this.#entries.set(known.nodeId, moved);
      this.#touch(known.nodeId);
    } else {
      this.#remove(known);
      this.#insert(nowMs, moved);
    }
    return 'updated';
  }

  /** We dialed the node and it is on our chain: into `tried`, if a place there is free or its holder is gone. */
  onSuccess(nowMs: number, node: Pick<BookEntry, 'nodeId' | 'publicKey' | 'endpoint'>): void {
    const known = this.#entries.get(node.nodeId);
    if (known !== undefined) this.#remove(known);
    const source16 = known?.source16 ?? g16(node.endpoint.ip);
    const firstSeenMs = known?.firstSeenMs ?? nowMs;
    const { nodeId, publicKey, endpoint } = node;
    const entry = { nodeId, publicKey, endpoint, tried: true, source16, firstSeenMs, lastSeenMs: nowMs, fails: 0 };
    if (!this.#insert(nowMs, entry)) this.#insert(nowMs, { ...entry, tried: false });
  }

  /** The operator wants no more of it. */
  forget(id: NodeId): void {
    const known = this.#entries.get(id);
    if (known !== undefined) this.#remove(known);
  }

  /** A dial failed. */
  onFailure(id: NodeId): void {
    const known = this.#entries.get(id);
    if (known === undefined) return;
    this.#entries.set(id, { ...known, fails: known.fails + 1 });
    this.#touch(id);
  }

  /**
   * A node to dial that `usable` accepts: three times in four from `tried`, which takes more to fill than datagrams; from
   * any bucket, the less likely the more it failed (x 0.66 each). Undefined if luck finds none in a bounded number of tries.
   */
  pick(usable: (entry: BookEntry) => boolean): BookEntry | undefined {
    this.#filled ??= { t: this.#bucketsOf('t'), n: this.#bucketsOf('n') };
    const buckets = this.#filled;
    for (let attempt = 0; attempt < 32; attempt++) {
      const side = buckets.n.length === 0 || (buckets.t.length > 0 && this.#random.below(4) > 0) ? 't' : 'n';
      const bucket = buckets[side][this.#random.below(Math.max(1, buckets[side].length))];
      if (bucket === undefined) return undefined;
      const entry = this.#entries.get(bucket[this.#random.below(bucket.length)] as NodeId);
      if (entry !== undefined && usable(entry) && this.#random.float() < 0.66 ** Math.min(entry.fails, 8)) return entry;
    }
    return undefined;
  }

  /** The nodes last seen, tried ones first. */
  recent(limit: number): BookEntry[] {
    const order = (a: BookEntry, b: BookEntry) => Number(b.tried) - Number(a.tried) || b.lastSeenMs - a.lastSeenMs;
    return [...this.#entries.values()].sort(order).slice(0, limit);
  }

  /** Takes an entry read from disk, as far as its bucket has room. What a clock that was ahead has written counts as of now. */
  restore(nowMs: number, stored: BookEntry): void {
    if (this.#entries.has(stored.nodeId)) return;
    const firstSeenMs = Math.min(stored.firstSeenMs, nowMs);
    const lastSeenMs = Math.min(stored.lastSeenMs, nowMs);
    const { nodeId, publicKey, endpoint, tried, source16, fails } = stored;
    const entry = { nodeId, publicKey, endpoint, tried, source16, firstSeenMs, lastSeenMs, fails };
    if (lastSeenMs + STALE_MS < nowMs || !this.#insert(nowMs, entry)) this.#touch(entry.nodeId);
  }

  /** Entries changed since the last call, for the disk; undefined where one is gone. */
  takeChanges(): [id: NodeId, entry: BookEntry | undefined][] {
    const changes = [...this.#changed].map((id): [NodeId, BookEntry | undefined] => [id, this.#entries.get(id)]);
    this.#changed.clear();
    return changes;
  }

  #insert(nowMs: number, entry: BookEntry): boolean {
    const key = this.#bucketOf(entry);
    const bucket = this.#buckets.get(key) ?? [];
    const rivals = this.#rivals(entry, bucket);
    if (rivals !== undefined) {
      const victim = this.#replaceable(nowMs, rivals);
      if (victim === undefined) return false;
      this.#remove(victim);
    }
    if (bucket.length > 0) bucket.push(entry.nodeId);
    else {
      // Most buckets hold one: an array that was empty takes room for 17 with its first.
      this.#buckets.set(key, [entry.nodeId]);
      this.#filled = undefined;
    }
    this.#entries.set(entry.nodeId, entry);
    this.#touch(entry.nodeId);
    return true;
  }

  #remove(entry: BookEntry): void {
    const key = this.#bucketOf(entry);
    const bucket = this.#buckets.get(key);
    const at = bucket?.indexOf(entry.nodeId) ?? -1;
    if (at >= 0) bucket?.splice(at, 1);
    if (bucket?.length === 0) {
      this.#buckets.delete(key);
      this.#filled = undefined;
    }
    this.#entries.delete(entry.nodeId);
    this.#touch(entry.nodeId);
  }

  /** Those of whom one must go before `entry` fits into the bucket; undefined if there is room. */
  #rivals({ tried, endpoint: { ip } }: BookEntry, bucket: readonly NodeId[]): readonly NodeId[] | undefined {
    if (tried && groupLimitsApply(ip, false)) {
      const near = bucket.filter((id) => g24(this.#entries.get(id)?.endpoint.ip ?? '') === g24(ip));
      if (near.length >= TRIED_PER_G24) return near;
    }
    return bucket.length >= BUCKET_SIZE ? bucket : undefined;
  }

  /** The one of `ids` that has earned its place least, if any may go. */
  #replaceable(nowMs: number, ids: readonly NodeId[]): BookEntry | undefined {
    let worst: BookEntry | undefined;
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined || !isReplaceable(entry, nowMs)) continue;
      if (worst === undefined || entry.lastSeenMs < worst.lastSeenMs) worst = entry;
    }
    return worst;
  }

  #bucketOf({ tried, endpoint, source16 }: BookEntry): string {
    const { ip, tcpPort } = endpoint;
    const group = g16(ip);
    if (tried) {
      // One public address reaches one bucket, with all its ports; on this machine they are what tells nodes apart.
      const address = groupLimitsApply(ip, false) ? ip : `${ip} ${tcpPort}`;
      const spread = this.#hash(`t ${address}`) % TRIED_PER_GROUP;
      return `t${this.#hash(`t ${group} ${spread}`) % TRIED_BUCKETS}`;
    }
    const spread = this.#hash(`n ${group} ${source16}`) % NEW_PER_SOURCE;
    return `n${this.#hash(`n ${source16} ${spread}`) % NEW_BUCKETS}`;
  }

  #hash(text: string): number {
    const keyed = new Uint8Array(this.key.length + text.length);
    keyed.set(this.key);
    // Addresses and numbers: one byte a character.
    for (let i = 0; i < text.length; i++) keyed[this.key.length + i] = text.charCodeAt(i);
    return bytesToNumber(keccak256(keyed), 0, 4);
  }

  #bucketsOf(side: 't' | 'n'): (readonly NodeId[])[] {
    return [...this.#buckets].filter(([key]) => key.startsWith(side)).map(([, bucket]) => bucket);
  }

  #touch(id: NodeId): void {
    // Nobody takes the changes (no disk): they need not be kept. The next restart reads less.
    if (this.#changed.size >= CHANGES_KEPT) this.#changed.clear();
    this.#changed.add(id);
  }
}

const CHANGES_KEPT = 4 * BUCKET_SIZE * (TRIED_BUCKETS + NEW_BUCKETS);

const isSame = (a: Endpoint, b: Endpoint): boolean =>
  a.ip === b.ip && a.udpPort === b.udpPort && a.tcpPort === b.tcpPort;

function isReplaceable(entry: BookEntry, nowMs: number): boolean {
  const unseenMs = nowMs - entry.lastSeenMs;
  if (unseenMs > STALE_MS) return true;
  return entry.tried ? entry.fails >= 2 && unseenMs > INCUMBENT_MS : entry.fails >= TERRIBLE_FAILS;
}
