import type { Hash32, NodeId } from '../../src/base/brand.js';
import { Heap } from '../../src/base/heap.js';
import { DecodeError } from '../../src/codec/decode-error.js';
import type { BlockResult, BlockSource, TxResult, TxSink } from '../../src/net/backend.js';
import type { Fault } from '../../src/net/defense/fault.js';
import type { Merit, PeerControl } from '../../src/net/eth/peer-control.js';
import { type ActivePeer, createEthService, type EthEvent, type EthService } from '../../src/net/eth/service.js';
import type { ConnId } from '../../src/net/io.js';
import { type Log, SILENT_LOG } from '../../src/ports/log.js';
import type { Block } from '../../src/types/block.js';
import type { Transaction } from '../../src/types/transaction.js';
import type { EthVersion } from '../../src/wire/eth/protocol.js';
import { FakeChain } from './eth-chain.js';
import { seededRandom } from './seeded-random.js';

/** Virtual time starts here: late enough for every test block's timestamp. */
export const START_MS = 1_700_000_000_000;

/** A message as a node sends it. */
export interface SentMessage {
  readonly atMs: number;
  readonly conn: ConnId;
  readonly code: number;
  readonly payload: Uint8Array;
}

/** What becomes of a message on its way out: passed on, changed, delayed, or lost (undefined). */
export type Tamper = (
  message: SentMessage,
) => { readonly code: number; readonly payload: Uint8Array; readonly delayMs?: number } | undefined;

interface Step {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A pool that takes every transaction, as far as there is room. */
export class FakePool implements TxSink {
  /** How often the pool was listed. */
  listed = 0;
  /** How many more are taken from peers. */
  room = Number.POSITIVE_INFINITY;
  readonly all = new Map<Hash32, Transaction>();
  readonly submitted: { readonly conn: ConnId; readonly transactions: readonly Transaction[] }[] = [];

  submitTransactions(transactions: readonly Transaction[], conn: ConnId): number {
    const taken = transactions.slice(0, this.room);
    this.room -= taken.length;
    if (taken.length > 0) this.submitted.push({ conn, transactions: taken });
    return taken.length;
  }

  hasTransaction(hash: Hash32): boolean {
    return this.all.has(hash);
  }

  getTransaction(hash: Hash32): Transaction | undefined {
    return this.all.get(hash);
  }

  pendingTransactions(limit: number): readonly Transaction[] {
    this.listed++;
    return [...this.all.values()].slice(0, limit);
  }
}

/** Settings of a node. */
export interface NodeOptions {
  readonly chain?: FakeChain;
  readonly version?: EthVersion;
  readonly tamper?: Tamper;
  /** Blocks that the import queue holds, and what importing one takes. */
  readonly queue?: number;
  readonly importMs?: number;
  readonly log?: Log;
  /** Drop a connection after one of these faults, as the penalty table does for hard ones. */
  readonly dropOn?: readonly Fault['code'][];
}

/** A node: a real eth service over a fake chain and pool, with everything it does on record. */
export class WorldNode {
  readonly chain: FakeChain;
  readonly pool = new FakePool();
  readonly service: EthService;
  readonly sent: SentMessage[] = [];
  readonly faults: { readonly conn: ConnId; readonly fault: Fault }[] = [];
  readonly merits: { readonly conn: ConnId; readonly merit: Merit }[] = [];
  readonly events: EthEvent[] = [];
  readonly paused = new Map<ConnId, boolean>();
  readonly stuck = new Set<ConnId>();
  /** Round trips of connections that have one. */
  readonly rtts = new Map<ConnId, number>();
  readonly links = new Map<ConnId, { readonly to: WorldNode | undefined; readonly toConn: ConnId }>();
  readonly queued: { readonly block: Block; readonly source: BlockSource }[] = [];
  tamper: Tamper | undefined;
  maxQueued = 0;
  readonly name: string;
  readonly version: EthVersion;
  readonly options: NodeOptions;
  readonly #world: EthWorld;

  constructor(world: EthWorld, name: string, options: NodeOptions) {
    this.#world = world;
    this.name = name;
    this.options = options;
    this.version = options.version ?? 68;
    this.tamper = options.tamper;
    this.chain = options.chain ?? new FakeChain();
    this.service = createEthService({
      chain: this.chain,
      blocks: {
        submitBlock: (block, source) => this.#submit(block, source),
        queuedBlocks: () => this.queued.length,
      },
      txs: this.pool,
      peers: this.#control(),
      random: seededRandom(name),
      log: options.log ?? SILENT_LOG,
      onEvent: (_nowMs, event) => this.events.push(event),
    });
  }

  faultCodes(): string[] {
    return this.faults.map(({ fault }) => fault.code);
  }

  sentCodes(conn?: ConnId): number[] {
    return this.sent.filter((message) => conn === undefined || message.conn === conn).map(({ code }) => code);
  }

  /** Imports a block as its miner. */
  mine(block: Block): void {
    this.chain.import(block);
    this.service.onHeadChanged(this.#world.nowMs, block, true);
  }

  /** Adds transactions as a local user. */
  addLocal(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) this.pool.all.set(transaction.hash, transaction);
    this.service.onTransactionsAdded(this.#world.nowMs, transactions);
  }

  /** The pool's step: takes what was submitted and answers. */
  settlePool(): void {
    for (const { conn, transactions } of this.pool.submitted.splice(0)) {
      const results = transactions.map(({ hash }): TxResult => ({ kind: this.pool.all.has(hash) ? 'known' : 'added' }));
      const added = transactions.filter((_, i) => results[i]?.kind === 'added');
      for (const transaction of added) this.pool.all.set(transaction.hash, transaction);
      this.service.onTransactionResults(this.#world.nowMs, conn, transactions, results);
      if (added.length > 0) this.service.onTransactionsAdded(this.#world.nowMs, added);
    }
  }

  #submit(block: Block, source: BlockSource): boolean {
    if (this.queued.length >= (this.options.queue ?? 64)) return false;
    this.queued.push({ block, source });
    this.maxQueued = Math.max(this.maxQueued, this.queued.length);
    if (this.queued.length === 1) this.#world.after(this.options.importMs ?? 0, () => this.#importNext());
    return true;
  }

  #importNext(): void {
    const next = this.queued.shift();
    if (next === undefined) return;
    if (this.queued.length > 0) this.#world.after(this.options.importMs ?? 0, () => this.#importNext());
    const { block, source } = next;
    const outcome = this.chain.import(block);
    if (outcome === 'head') this.service.onHeadChanged(this.#world.nowMs, block, false);
    const results: Record<typeof outcome, BlockResult> = {
      head: { kind: 'imported', newHead: true },
      side: { kind: 'imported', newHead: false },
      known: { kind: 'known' },
      orphan: { kind: 'orphan', missingParent: block.header.parentHash },
      invalid: { kind: 'invalid', code: 'state-root' },
    };
    this.service.onBlockResult(this.#world.nowMs, block, source, results[outcome]);
  }

  #control(): PeerControl {
    return {
      send: (conn, code, payload) => this.#world.carry(this, { atMs: this.#world.nowMs, conn, code, payload }),
      fault: (_nowMs, conn, fault) => {
        this.faults.push({ conn, fault });
        if (this.options.dropOn?.includes(fault.code) === true) this.#world.after(0, () => this.#world.cut(this, conn));
      },
      merit: (_nowMs, conn, merit) => this.merits.push({ conn, merit }),
      disconnect: (_nowMs, conn) => this.#world.after(0, () => this.#world.cut(this, conn)),
      setReadPaused: (conn, paused) => this.paused.set(conn, paused),
      isWritable: (conn) => !this.stuck.has(conn),
      rttMs: (conn) => this.rtts.get(conn),
    };
  }
}

/** Nodes, links and one clock: everything happens in the order of virtual time. */
export class EthWorld {
  nowMs = START_MS;
  readonly nodes: WorldNode[] = [];
  readonly latencyMs: number;
  /** How late timers fire: those of a busy host are some milliseconds late. */
  timersLateMs = 0;
  readonly #steps = new Heap<Step>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  #order = 0;
  #lastConn = 0;

  constructor(latencyMs = 10) {
    this.latencyMs = latencyMs;
  }

  node(name: string, options: NodeOptions = {}): WorldNode {
    const node = new WorldNode(this, name, options);
    this.nodes.push(node);
    return node;
  }

  after(delayMs: number, run: () => void): void {
    this.#steps.push({ atMs: this.nowMs + delayMs, order: this.#order++, run });
  }

  /** Connects two nodes; returns the connection as `a` and as `b` number it. */
  connect(a: WorldNode, b: WorldNode): [ConnId, ConnId] {
    const conns: [ConnId, ConnId] = [++this.#lastConn, ++this.#lastConn];
    a.links.set(conns[0], { to: b, toConn: conns[1] });
    b.links.set(conns[1], { to: a, toConn: conns[0] });
    a.service.onPeerActive(this.nowMs, this.#active(conns[0], b, a));
    b.service.onPeerActive(this.nowMs, this.#active(conns[1], a, b));
    return conns;
  }

  /** A connection whose other end is the test itself. */
  dangling(node: WorldNode, options: Partial<ActivePeer> = {}): ConnId {
    const conn = ++this.#lastConn;
    node.links.set(conn, { to: undefined, toConn: 0 });
    const nodeId = `0x${conn.toString(16).padStart(64, '0')}` as NodeId;
    const peer: ActivePeer = { conn, nodeId, direction: 'in', version: node.version, trusted: false, ...options };
    node.service.onPeerActive(this.nowMs, peer);
    return conn;
  }

  cut(node: WorldNode, conn: ConnId): void {
    const link = node.links.get(conn);
    if (link === undefined) return;
    node.links.delete(conn);
    node.service.onPeerGone(this.nowMs, conn);
    if (link.to?.links.delete(link.toConn) === true) link.to.service.onPeerGone(this.nowMs, link.toConn);
  }

  /** Gives a node a message as if its peer had sent it. */
  deliver(node: WorldNode, conn: ConnId, code: number, payload: Uint8Array): void {
    try {
      node.service.onMessage(this.nowMs, conn, code, payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const fault: Fault = { code: 'malformed-message', message: String(code), detail: error.code };
      node.faults.push({ conn, fault });
    }
  }

  carry(from: WorldNode, message: SentMessage): void {
    from.sent.push(message);
    const link = from.links.get(message.conn);
    if (link?.to === undefined) return;
    const { to, toConn } = link;
    const out = from.tamper === undefined ? message : from.tamper(message);
    if (out === undefined) return;
    const delayMs = this.latencyMs + ('delayMs' in out ? (out.delayMs ?? 0) : 0);
    this.after(delayMs, () => {
      if (to.links.has(toConn)) this.deliver(to, toConn, out.code, out.payload);
    });
  }

  /** Runs everything that happens in the next `ms`, or until `done`. Returns the virtual ms that passed. */
  run(ms: number, done: () => boolean = () => false): number {
    const startMs = this.nowMs;
    const endMs = startMs + ms;
    let idleTicks = 0;
    for (let steps = 0; !done(); steps++) {
      if (steps > 5_000_000 || idleTicks > 1000) throw new Error('the world does not come to rest');
      const next = this.#steps.peek();
      let wakeMs = Number.POSITIVE_INFINITY;
      for (const node of this.nodes) wakeMs = Math.min(wakeMs, node.service.nextWake());
      const atMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, wakeMs + this.timersLateMs);
      if (atMs > endMs) break;
      idleTicks = atMs <= this.nowMs && next?.atMs !== atMs ? idleTicks + 1 : 0;
      this.nowMs = Math.max(this.nowMs, atMs);
      if (next !== undefined && next.atMs <= this.nowMs) {
        this.#steps.pop();
        next.run();
      } else {
        for (const node of this.nodes) if (node.service.nextWake() <= this.nowMs) node.service.tick(this.nowMs);
      }
      for (const node of this.nodes) node.settlePool();
    }
    if (!done()) this.nowMs = endMs;
    return this.nowMs - startMs;
  }

  #active(conn: ConnId, remote: WorldNode, local: WorldNode): ActivePeer {
    const nodeId = `0x${Buffer.from(remote.name).toString('hex').padStart(64, '0')}` as NodeId;
    const version = Math.min(remote.version, local.version) as EthVersion;
    return { conn, nodeId, direction: conn % 2 === 1 ? 'out' : 'in', version, trusted: false };
  }
}
