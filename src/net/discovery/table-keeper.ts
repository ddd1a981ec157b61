import { BoundedMap } from '../../base/bounded.js';
import type { NodeId } from '../../base/brand.js';
import { DecodeError } from '../../codec/decode-error.js';
import type { Random } from '../../ports/random.js';
import type { Enr } from '../../types/enr.js';
import type { Bonds } from './bonds.js';
import { type Client, udpAddress } from './client.js';
import type { Counters } from './counters.js';
import type { NodeRecord } from './discovery.js';
import { type GivenPort, KnownNodes } from './known-nodes.js';
import type { NodeRecords } from './node-records.js';
import { Revalidation } from './revalidation.js';
import type { NodeTable } from './table.js';

/** Nodes that wait for the end of the first refresh: some buckets full. */
const MAX_EARLY = 64;

/** What the keeper needs from the rest of discovery. */
export interface TableKeeperDeps {
  readonly readEnr: (raw: Uint8Array) => Enr;
  readonly records: NodeRecords;
  readonly random: Random;
  readonly table: NodeTable;
  readonly bonds: Bonds;
  readonly client: Client;
  readonly counters: Counters;
  readonly givenPort: GivenPort;
  /** A node is new, has changed, or was not reported for a while. */
  readonly onNode: (nowMs: number, node: NodeRecord) => void;
  /** True while we look for more nodes to connect to. */
  readonly wantsNodes: () => boolean;
  /** A node has entered or left a bucket. */
  readonly onChange: (nowMs: number) => void;
}

/** Keeps the table alive and true: who enters, who is checked, who leaves, and whose record is fetched. */
export class TableKeeper {
  readonly #deps: TableKeeperDeps;
  readonly #known: KnownNodes;
  readonly #revalidation: Revalidation;
  /**
   * Nodes that pinged us before our first refresh was over. Let in at once, whoever pings a restarted node first could
   * fill its table, and be dialed in all its slots (A1, A2).
   */
  #early: BoundedMap<NodeId, NodeRecord> | undefined = new BoundedMap(MAX_EARLY);

  constructor(deps: TableKeeperDeps) {
    this.#deps = deps;
    this.#known = new KnownNodes(deps.records, deps.givenPort);
    this.#revalidation = new Revalidation(deps.random);
  }

  /** The newest record of a node that came. */
  enrOf(nodeId: NodeId): Enr | undefined {
    return this.#known.enrOf(nodeId);
  }

  /** A node whose endpoint is proven has pinged us: the TCP port in the record is its own word. */
  onPinged(nowMs: number, proven: NodeRecord, enrSeq: bigint | undefined): void {
    this.#known.pinged(proven);
    this.onContact(nowMs, proven, enrSeq, false);
  }

  /**
   * A node whose endpoint is proven, with the sequence number it stated: its record is fetched if there is a newer one,
   * and it goes into the table if there is room. It is reported once it has stated where it can be dialed: what others
   * say of that could make us dial a port of their choice, or hold a good node for one that can't be dialed. Of those
   * whom we did not seek, neither is done before the first refresh is over.
   */
  onContact(nowMs: number, proven: NodeRecord, enrSeq: bigint | undefined, sought: boolean): void {
    this.#known.stated(proven.nodeId, enrSeq);
    const record = this.#known.complete(proven);
    const isKnown = sought || this.#deps.table.get(record.nodeId) !== undefined;
    if (this.#early === undefined || isKnown) this.#take(nowMs, record);
    else this.#early.set(record.nodeId, record);
    this.#fetchEnr(nowMs, record);
  }

  /** Lets in whoever comes; until then only nodes that we sought out enter the table, and the others wait. */
  open(nowMs: number): void {
    const early = this.#early;
    this.#early = undefined;
    for (const record of early?.values() ?? []) this.#take(nowMs, this.#known.complete(record));
  }

  /** Takes a node out of the table; one that waited may come in. */
  remove(nowMs: number, nodeId: NodeId): void {
    this.#left(nowMs, nodeId, this.#deps.table.remove(nodeId));
  }

  /** Checks the nodes whose turn it is. */
  tick(nowMs: number): void {
    for (const nodeId of this.#revalidation.due(nowMs)) this.#check(nowMs, nodeId);
  }

  nextWake(): number {
    return this.#revalidation.nextWake();
  }

  /** Our record has changed in what matters to others: those whom we know hear of it within minutes, and not in their turn. */
  tellAll(nowMs: number): void {
    this.#revalidation.hurry(nowMs);
  }

  #take(nowMs: number, record: NodeRecord): void {
    if (this.#deps.table.add(nowMs, record).kind === 'added') {
      this.#revalidation.watch(nowMs, record.nodeId, 'fast');
      this.#deps.onChange(nowMs);
    }
    if (this.#known.hasOwnPort(record) && this.#known.takeReport(nowMs, record)) this.#deps.onNode(nowMs, record);
  }

  #check(nowMs: number, nodeId: NodeId): void {
    const { client, table } = this.#deps;
    const entry = table.get(nodeId);
    if (entry === undefined) return;
    client.ping(nowMs, entry.record, true, (doneAtMs, pong) => {
      if (pong !== undefined) {
        if (table.markAlive(doneAtMs, nodeId)) this.#revalidation.watch(doneAtMs, nodeId, 'slow');
        return;
      }
      const { removed, promoted } = table.markDead(nodeId);
      if (removed) this.#left(doneAtMs, nodeId, promoted);
      else this.#revalidation.watch(doneAtMs, nodeId, 'fast');
    });
  }

  #left(nowMs: number, nodeId: NodeId, promoted: NodeRecord | undefined): void {
    this.#revalidation.forget(nodeId);
    if (promoted !== undefined) this.#revalidation.watch(nowMs, promoted.nodeId, 'fast');
    this.#deps.onChange(nowMs);
  }

  /**
   * Asks for the node's record if it has a newer one, and if it will answer: that takes our own endpoint proof. Without its own word on
   * where it can be dialed we ask in any case: a node that knew us before we started anew has no reason to ping us. The record of a node
   * that the table has no room for is of use to dial it alone: who has the peers that it wants does not ask for it.
   */
  #fetchEnr(nowMs: number, node: NodeRecord): void {
    const { bonds, client, table, wantsNodes } = this.#deps;
    const willAnswer = bonds.isOursProved(nowMs, node.nodeId, udpAddress(node.endpoint));
    if (!willAnswer && this.#known.hasOwnPort(node)) return;
    if (table.get(node.nodeId) === undefined && !wantsNodes()) return;
    if (!this.#known.takeEnrRequest(nowMs, node.nodeId)) return;
    client.requestEnr(nowMs, node, (doneAtMs, raw) => {
      const enr = raw === undefined ? undefined : this.#readEnr(raw, node);
      if (enr === undefined || !this.#known.learn(enr)) return;
      const inTable = this.#deps.table.get(node.nodeId) !== undefined;
      this.onContact(doneAtMs, node, enr.seq, inTable);
    });
  }

  #readEnr(raw: Uint8Array, node: NodeRecord): Enr | undefined {
    try {
      const enr = this.#deps.readEnr(raw);
      if (enr.publicKey === node.publicKey) return enr;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    this.#deps.counters.drop('bad-record');
    return undefined;
  }
}
