import type { NodeId, PublicKey } from '../../base/brand.js';
import type { Endpoint, SocketAddress } from '../../types/endpoint.js';
import type { Enode } from '../../types/enode.js';
import type { Enr } from '../../types/enr.js';
import type { StatedEndpoint } from '../../wire/discv4/fields.js';
import type { Neighbor } from '../../wire/discv4/neighbor.js';
import type { Pong } from '../../wire/discv4/pong.js';
import { type AddressRules, createAddressRules } from './address-rules.js';
import { addressKey, Bonds } from './bonds.js';
import { Bootstrap } from './bootstrap.js';
import { Client, udpAddress } from './client.js';
import { ClockCheck } from './clock-check.js';
import { Counters } from './counters.js';
import type {
  Discovery,
  DiscoveryConfig,
  DiscoveryCounters,
  DiscoveryDeps,
  LookupDone,
  NodeRecord,
  StoredNode,
  TableNodeView,
} from './discovery.js';
import { TrafficLimits } from './limits.js';
import { LocalRecord } from './local-record.js';
import { Lookups } from './lookups.js';
import { NodeRecords } from './node-records.js';
import { PacketGate } from './packet-gate.js';
import { Reachability } from './reachability.js';
import { Refresher } from './refresher.js';
import { Sender } from './sender.js';
import { Server } from './server.js';
import { NodeTable, type TableEntry } from './table.js';
import { TableKeeper } from './table-keeper.js';
import { ThinBuckets } from './thin-buckets.js';

/** Nodes handed out for the next start. */
const MAX_STORED = 200;

/** Node discovery v4 (devp2p discv4.md, EIP-868). It sends nothing before `start`. */
export function createDiscovery(deps: DiscoveryDeps, config: DiscoveryConfig): Discovery {
  return new Discv4(deps, config);
}

/** Puts the parts together: what one of them finds out goes where it is needed. */
class Discv4 implements Discovery {
  readonly #deps: DiscoveryDeps;
  readonly #config: DiscoveryConfig;
  readonly #rules: AddressRules;
  readonly #counters = new Counters();
  readonly #clock: ClockCheck;
  readonly #record: LocalRecord;
  readonly #records: NodeRecords;
  readonly #table: NodeTable;
  readonly #bootstrap: Bootstrap;
  readonly #client: Client;
  readonly #keeper: TableKeeper;
  readonly #thinBuckets: ThinBuckets;
  readonly #lookups: Lookups;
  readonly #refresher: Refresher;
  readonly #gate: PacketGate;
  /** Undefined if we were told our address. */
  readonly #reachability: Reachability | undefined;

  constructor(deps: DiscoveryDeps, config: DiscoveryConfig) {
    const { identity, scheme } = deps;
    const random = (purpose: string) => deps.random.fork(`discovery/${purpose}`);
    this.#deps = deps;
    this.#config = config;
    this.#rules = createAddressRules(config);
    this.#clock = new ClockCheck(this.#rules, deps.log);
    this.#record = new LocalRecord(identity, deps.enrSeq, config.endpoint, deps.enrPairs);
    this.#records = deps.records ?? new NodeRecords(scheme);
    this.#table = new NodeTable(identity.nodeId, this.#rules, random('table'));
    this.#bootstrap = new Bootstrap(this.#records, random('bootstrap'), config.bootnodes, config.storedNodes);

    this.#reachability = this.#record.isVotable() ? new Reachability(this.#rules, deps.acceptedFrom) : undefined;
    const sender = new Sender(identity, deps.emit, this.#record, this.#counters, (nowMs, to) =>
      this.#reachability?.sentTo(nowMs, to.ip),
    );
    const limits = new TrafficLimits(this.#rules);
    const bonds = new Bonds();
    const records = this.#records;
    const counters = this.#counters;
    const clock = this.#clock;
    const rules = this.#rules;
    const table = this.#table;
    const bootstrap = this.#bootstrap;
    const reachability = this.#reachability;
    // Each part is given what it needs, name by name: objects made by spreading others have a shape of their own each, and
    // in a process of many nodes every access to them would be slow.
    const client = new Client({
      bonds,
      limits,
      sender,
      counters,
      clock,
      onProved: (nowMs, node, pong, sought) => this.#onProved(nowMs, node, pong, sought),
    });
    this.#client = client;
    this.#keeper = new TableKeeper({
      readEnr: deps.readEnr,
      records,
      random: random('keeper'),
      table,
      bonds,
      client,
      counters,
      givenPort: (publicKey, ip) => bootstrap.tcpPortOf(publicKey, ip),
      onNode: deps.onNode,
      wantsNodes: deps.wantsNodes,
      onChange: (nowMs) => this.#refresher.onChange(nowMs),
    });
    const heardOf = (from: NodeRecord, nodes: readonly Neighbor[]): NodeRecord[] => this.#heardOf(from, nodes);
    this.#thinBuckets = new ThinBuckets({ table, scheme, random: random('thin-buckets'), limits, client, heardOf });
    this.#lookups = new Lookups({
      self: identity.nodeId,
      scheme,
      table,
      client,
      counters,
      heardOf,
      onHeardOf: (nowMs, nodes) => this.#thinBuckets.offer(nowMs, nodes),
      onAnswer: (nowMs, node) => this.#keeper.onContact(nowMs, node, undefined, true),
      onUseless: (nowMs, nodeId) => this.#keeper.remove(nowMs, nodeId),
    });
    this.#refresher = new Refresher({
      self: identity.publicKey,
      random: random('refresh'),
      table,
      client,
      lookups: this.#lookups,
      bootstrap,
      onRefreshed: (nowMs) => {
        this.#keeper.open(nowMs);
        this.#thinBuckets.fill(nowMs);
      },
    });
    const server = new Server({
      scheme,
      bonds,
      limits,
      rules,
      table,
      sender,
      client,
      counters,
      reachability,
      onContact: (nowMs, node, ping) => this.#keeper.onPinged(nowMs, node, ping.enrSeq),
    });
    this.#gate = new PacketGate({
      self: identity.publicKey,
      scheme,
      records,
      limits,
      bonds,
      client,
      server,
      counters,
      clock,
      isAllowed: config.isAllowed,
    });
  }

  start(nowMs: number): void {
    this.#refresher.start(nowMs);
  }

  onDatagram(nowMs: number, from: SocketAddress, data: Uint8Array): void {
    const ip = this.#rules.canonical(from.ip);
    if (ip !== undefined) this.#gate.onDatagram(nowMs, { ip, port: from.port }, data);
  }

  tick(nowMs: number): void {
    this.#client.tick(nowMs);
    this.#keeper.tick(nowMs);
    this.#refresher.tick(nowMs);
    this.#announce(nowMs);
  }

  nextWake(): number {
    const reachableMs = this.#reachability?.nextWake() ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#client.nextWake(), this.#keeper.nextWake(), this.#refresher.nextWake(), reachableMs);
  }

  lookup(nowMs: number, target: PublicKey, onDone: LookupDone = () => undefined): void {
    this.#lookups.start(nowMs, target, onDone);
  }

  enrOf(nodeId: NodeId): Enr | undefined {
    return this.#keeper.enrOf(nodeId);
  }

  onAccepted(nowMs: number, ip: string): void {
    this.#reachability?.accepted(nowMs, ip);
    this.#announce(nowMs);
  }

  localEnr(): Enr {
    return this.#record.enr();
  }

  setEndpoint(endpoint: Endpoint): void {
    this.#record.setEndpoint(endpoint);
  }

  setEnrPair(key: string, value: Uint8Array | undefined): void {
    this.#record.setPair(key, value);
  }

  addBootnodes(nowMs: number, nodes: readonly Enode[]): void {
    this.#bootstrap.addBootnodes(nodes);
    this.#refresher.onChange(nowMs);
  }

  rejoin(nowMs: number, { publicKey, endpoint }: Enode): void {
    if (endpoint === undefined || endpoint.udpPort === 0) return;
    this.#client.ping(nowMs, this.#records.of(publicKey, endpoint), true, (atMs, pong) => {
      if (pong !== undefined) this.#refresher.again(atMs);
    });
  }

  tableView(): readonly TableNodeView[] {
    const rows: TableNodeView[] = []; // BOUNDED: by the table
    for (const entry of this.#table.entries()) rows.push(this.#viewOf(entry, false));
    for (const entry of this.#table.replacements()) rows.push(this.#viewOf(entry, true));
    return rows;
  }

  nodesToStore(): readonly StoredNode[] {
    return [...this.#table.entries()]
      .sort((a, b) => a.addedAtMs - b.addedAtMs)
      .slice(0, MAX_STORED)
      .map(({ record: { publicKey, endpoint }, lastSeenMs }) => ({ publicKey, endpoint, lastSeenMs }));
  }

  clockAheadMs(): number | undefined {
    return this.#clock.aheadMs();
  }

  counters(): DiscoveryCounters {
    return this.#counters.view();
  }

  #viewOf({ record, livenessChecks, addedAtMs }: TableEntry, replacement: boolean): TableNodeView {
    const { nodeId, publicKey, endpoint, enr } = record;
    const bucket = this.#table.bucketOf(nodeId);
    return { nodeId, publicKey, endpoint, bucket, livenessChecks, replacement, addedAtMs, enrSeq: enr?.seq };
  }

  /** Says in our record whether we can be dialed, as far as we know. */
  #announce(nowMs: number): void {
    const open = this.#reachability?.isOpen(nowMs) ?? true;
    if (!this.#record.setDialable(open)) return;
    this.#keeper.tellAll(nowMs);
    if (open) this.#deps.log.log('info', 'net', 'others are told again that they may dial us');
    else {
      this.#deps.log.log('info', 'net', 'nobody reached us from outside: others are told not to dial us', {
        hint: 'forward the port (TCP and UDP) to this machine, and see --nat',
      });
    }
  }

  /** A node has answered our ping: it counts as a voter on our address, and as a contact. */
  #onProved(nowMs: number, node: NodeRecord, pong: Pong, sought: boolean): void {
    const { ip } = node.endpoint;
    this.#reachability?.answered(nowMs, ip);
    if (pong.to.ip !== undefined && this.#rules.mayState(ip, pong.to.ip, pong.to.udpPort)) {
      const voter = this.#rules.voter(ip) ?? addressKey(udpAddress(node.endpoint));
      if (this.#record.vote(nowMs, voter, { ip: pong.to.ip, port: pong.to.udpPort })) {
        this.#deps.log.log('info', 'net', 'our address as others see it', { ip: pong.to.ip, port: pong.to.udpPort });
      }
    }
    this.#keeper.onContact(nowMs, node, pong.enrSeq, sought);
  }

  /** Of the nodes that `from` tells of, those at addresses that it may tell of. */
  #heardOf(from: NodeRecord, nodes: readonly Neighbor[]): NodeRecord[] {
    const heard: NodeRecord[] = []; // BOUNDED: by an answer
    const mayRelay = this.#rules.relayedBy(from.endpoint.ip);
    for (const { publicKey, endpoint } of nodes) {
      if (publicKey === this.#deps.identity.publicKey) continue;
      const allowed =
        isEndpoint(endpoint) && mayRelay(endpoint.ip, endpoint.udpPort) && this.#config.isAllowed(endpoint.ip);
      if (allowed) heard.push(this.#records.of(publicKey, endpoint));
      else this.#counters.drop('bad-relay-address');
    }
    return heard;
  }
}

const isEndpoint = (stated: StatedEndpoint): stated is Endpoint => stated.ip !== undefined;
