import { bytesEqual } from '../base/bytes.js';
import { toPublicKey } from '../base/hex.js';
import { DecodeError } from '../codec/decode-error.js';
import type { KvBatch, KvWrite } from '../ports/kv.js';
import type { Block } from '../types/block.js';
import { decodeEnr, type Enr } from '../types/enr.js';
import { forkIdOf, forkIdPair } from '../types/enr-pairs.js';
import type { Transaction } from '../types/transaction.js';
import type { LocalCapability } from '../wire/capability.js';
import { ETH_LENGTHS } from '../wire/eth/protocol.js';
import type { BlockResult, BlockSource, ChainReader, TxResult } from './backend.js';
import { Conduct } from './defense/conduct.js';
import type { Discovery, DiscoveryConfig, DiscoveryDeps, NodeRecord } from './discovery/discovery.js';
import type { PeerControl } from './eth/peer-control.js';
import type { EthDeps, EthEvent, EthService } from './eth/service.js';
import type { ConnId, NetInput } from './io.js';
import { AddressBook } from './peers/address-book.js';
import type { Connection } from './peers/connection.js';
import { type IpFilter, netRestrict } from './peers/net-restrict.js';
import { type PeerHandler, PeerManager } from './peers/peer-manager.js';
import { banWrite, bookKeyWrite, enrSeqWrite, entryWrite, readStoredPeers } from './peers/peer-store.js';
import { causeCode } from './peers/session/session-state.js';
import type { Swarm, SwarmConfig, SwarmDeps } from './swarm-api.js';
import { SwarmCommands } from './swarm-commands.js';
import { countersOf, nodeInfoView, peerViews } from './swarm-views.js';

/** The protocols that a swarm joins; tests put simple ones in their place. */
export interface SwarmParts {
  readonly ethVersions: EthService['versions'];
  createEth(deps: EthDeps): EthService;
  createDiscovery(deps: DiscoveryDeps, config: DiscoveryConfig): Discovery;
}

/** A swarm of the given parts; see {@link Swarm} and `createSwarm`. */
export function assembleSwarm(deps: SwarmDeps, config: SwarmConfig, nowMs: number, parts: SwarmParts): Swarm {
  return new SwarmMachine(deps, config, nowMs, parts);
}

class SwarmMachine implements Swarm {
  readonly #deps: SwarmDeps;
  readonly #config: SwarmConfig;
  readonly #mayReach: IpFilter;
  readonly #conduct = new Conduct();
  readonly #book: AddressBook;
  readonly #manager: PeerManager;
  readonly #commands: SwarmCommands;
  readonly #eth: EthService;
  readonly #discovery: Discovery | undefined;
  /** The record's entry for our fork id; it changes when a fork is passed. */
  #forkEntry: Uint8Array;
  #storedEnrSeq: bigint;
  #bookKeyStored: boolean;
  /** Of the input at hand, for calls of eth that carry no time. */
  #nowMs: number;

  constructor(deps: SwarmDeps, config: SwarmConfig, nowMs: number, parts: SwarmParts) {
    this.#deps = deps;
    this.#config = config;
    this.#nowMs = nowMs;
    this.#mayReach = netRestrict(config.netRestrict).filter;
    const stored = readStoredPeers(deps.storedPeers);
    for (const ban of stored.bans) this.#conduct.bans.restore(nowMs, ban);
    const random = deps.random.fork('peers');
    this.#book = new AddressBook(random, stored.bookKey);
    for (const entry of stored.book) {
      const genuine = deps.scheme.nodeIdOf(entry.publicKey) === entry.nodeId;
      if (genuine) this.#book.restore(nowMs, entry);
    }
    this.#bookKeyStored = stored.bookKey !== undefined;
    this.#storedEnrSeq = stored.enrSeq;

    const { identity, scheme, log, channelFactory } = deps;
    const targets = random.fork('seek');
    this.#manager = new PeerManager(
      {
        identity,
        scheme,
        random,
        log,
        channelFactory,
        emit: deps.emit,
        conduct: this.#conduct,
        book: this.#book,
        handler: this.#peerHandler(),
        // Anywhere in the network: nobody can guess where, and be there already.
        seek: (at) => this.#discovery?.lookup(at, toPublicKey(targets.bytes(64))),
        mayExchange: () => !this.#eth.syncStatus().syncing,
      },
      {
        clientName: config.clientName,
        listenPort: config.listen.port,
        capabilities: parts.ethVersions.map(
          (version): LocalCapability => ({ name: 'eth', version, length: ETH_LENGTHS[version] }),
        ),
        maxPeers: config.maxPeers,
        dialBook: !config.noDiscovery,
        mayReach: this.#mayReach,
        loopbackRoutable: config.loopbackRoutable,
      },
    );
    this.#commands = new SwarmCommands(scheme, identity.nodeId, this.#manager, this.#conduct, this.#mayReach);
    this.#eth = parts.createEth({
      chain: deps.chain,
      blocks: deps.blocks,
      txs: deps.txs,
      log,
      peers: this.#peerControl(),
      random: deps.random.fork('eth'),
      onEvent: (at, event) => this.#onEthEvent(at, event),
    });
    this.#forkEntry = forkIdPair(deps.chain.forkId())[1];
    this.#discovery = config.noDiscovery ? undefined : this.#makeDiscovery(nowMs, parts, stored.enrSeq);
  }

  start(nowMs: number): void {
    this.#run(nowMs, () => {
      for (const { publicKey, endpoint } of [...this.#config.staticPeers, ...this.#config.trustedPeers]) {
        const nodeId = this.#deps.scheme.nodeIdOf(publicKey);
        if (endpoint !== undefined) this.#manager.candidates.addStatic(nowMs, { nodeId, publicKey, endpoint });
      }
      for (const { publicKey } of this.#config.trustedPeers) {
        this.#manager.trusted.add(this.#deps.scheme.nodeIdOf(publicKey));
      }
      this.#manager.start(nowMs);
      this.#discovery?.start(nowMs);
    });
  }

  stop(nowMs: number): void {
    this.#run(nowMs, () => this.#manager.stop(nowMs));
  }

  handle(nowMs: number, input: NetInput): void {
    this.#run(nowMs, () => {
      switch (input.kind) {
        case 'datagram':
          return this.#discovery?.onDatagram(nowMs, input.from, input.data);
        case 'stream-opened':
          return this.#manager.onStreamOpened(nowMs, input);
        case 'stream-data':
          return this.#manager.onStreamData(nowMs, input.conn, input.data);
        case 'stream-full':
          return this.#manager.onStreamWritable(nowMs, input.conn, false);
        case 'stream-drained':
          return this.#manager.onStreamWritable(nowMs, input.conn, true);
        case 'stream-closed':
          return this.#manager.onStreamClosed(nowMs, input.conn, input.error);
        case 'dial-failed':
          return this.#manager.onDialFailed(nowMs, input.conn, input.failure);
      }
    });
  }

  tick(nowMs: number): void {
    this.#run(nowMs, () => {
      this.#discovery?.tick(nowMs);
      this.#eth.tick(nowMs);
      this.#manager.tick(nowMs);
    });
  }

  tickDiscovery(nowMs: number): void {
    this.#run(nowMs, () => this.#discovery?.tick(nowMs));
  }

  nextWake(): number {
    return Math.min(this.nextDiscoveryWake(), this.nextSessionWake());
  }

  nextDiscoveryWake(): number {
    return Math.min(this.#manager.nextDialMs(), this.#discovery?.nextWake() ?? Number.POSITIVE_INFINITY);
  }

  nextSessionWake(): number {
    return Math.min(this.#eth.nextWake(), this.#manager.nextSessionMs());
  }

  onHeadChanged(nowMs: number, block: Block, mined: boolean): void {
    this.#run(nowMs, () => {
      const [key, value] = forkIdPair(this.#deps.chain.forkId());
      if (!bytesEqual(value, this.#forkEntry)) {
        this.#forkEntry = value;
        this.#discovery?.setEnrPair(key, value);
      }
      this.#eth.onHeadChanged(nowMs, block, mined);
    });
  }

  onBlockResult(nowMs: number, block: Block, source: BlockSource, result: BlockResult): void {
    this.#run(nowMs, () => this.#eth.onBlockResult(nowMs, block, source, result));
  }

  onTransactionsAdded(nowMs: number, transactions: readonly Transaction[]): void {
    this.#run(nowMs, () => this.#eth.onTransactionsAdded(nowMs, transactions));
  }

  onTransactionResults(
    nowMs: number,
    conn: ConnId,
    transactions: readonly Transaction[],
    results: readonly TxResult[],
  ): void {
    this.#run(nowMs, () => this.#eth.onTransactionResults(nowMs, conn, transactions, results));
  }

  syncStatus = () => this.#eth.syncStatus();
  hasReadyPeer = () => this.#eth.hasReadyPeer();

  peers = (nowMs: number) =>
    peerViews(nowMs, this.#manager, this.#conduct, this.#eth, (id) => this.#discovery?.enrOf(id));
  lookup: Swarm['lookup'] = (nowMs, target, onDone) =>
    this.#run(nowMs, () => {
      if (this.#discovery === undefined) onDone(nowMs, [], { hops: 0, queries: 0 });
      else this.#discovery.lookup(nowMs, target, onDone);
    });
  discoveryCounters = () => this.#discovery?.counters();
  discoveryTable = () => this.#discovery?.tableView() ?? [];
  nodeInfo = () => nodeInfoView(this.#deps, this.#config, this.#discovery);
  counters = () => countersOf(this.#manager);

  addPeer = (nowMs: number, node: string) => this.#run(nowMs, () => this.#commands.addPeer(nowMs, node));
  removePeer = (nowMs: number, node: string) => this.#run(nowMs, () => this.#commands.removePeer(nowMs, node));
  dialOutcome: Swarm['dialOutcome'] = (id) => this.#commands.dialOutcome(id);
  addTrusted = (nowMs: number, node: string) => this.#run(nowMs, () => this.#commands.addTrusted(nowMs, node));
  removeTrusted = (nowMs: number, node: string) => this.#run(nowMs, () => this.#commands.removeTrusted(node));
  ban = (nowMs: number, target: string, durationMs?: number) =>
    this.#run(nowMs, () => this.#commands.ban(nowMs, target, durationMs));
  unban = (nowMs: number, target: string) => this.#run(nowMs, () => this.#commands.unban(nowMs, target));
  bans = (nowMs: number) => this.#commands.bans(nowMs);
  scores = (nowMs: number) => this.#conduct.scores(nowMs);
  failures = () => this.#commands.failures();

  takeBatch(nowMs: number): KvBatch | undefined {
    this.#nowMs = nowMs;
    const writes: KvWrite[] = [];
    for (const [target, ban] of this.#conduct.bans.takeChanges()) writes.push(banWrite(target, ban));
    for (const [id, entry] of this.#book.takeChanges()) writes.push(entryWrite(id, entry));
    const enrSeq = this.#discovery?.localEnr().seq ?? this.#storedEnrSeq;
    if (enrSeq !== this.#storedEnrSeq) writes.push(enrSeqWrite(enrSeq));
    this.#storedEnrSeq = enrSeq;
    if (!this.#bookKeyStored) writes.push(bookKeyWrite(this.#book.key));
    this.#bookKeyStored = true;
    return writes.length === 0 ? undefined : writes;
  }

  /** Runs one entry, then everything that it set off. */
  #run<T>(nowMs: number, entry: () => T): T {
    this.#nowMs = nowMs;
    const result = entry();
    this.#manager.settle(nowMs);
    return result;
  }

  #makeDiscovery(nowMs: number, parts: SwarmParts, storedSeq: bigint): Discovery {
    const { identity, scheme, log, emit, random } = this.#deps;
    const { listen, udpPort, externalIp, bootnodes, loopbackRoutable } = this.#config;
    // A clock reading is above every number published before, even if the database was lost (EIP-778).
    const enrSeq = storedSeq >= BigInt(Math.trunc(nowMs)) ? storedSeq + 1n : BigInt(Math.trunc(nowMs));
    return parts.createDiscovery(
      {
        identity,
        scheme,
        log,
        emit,
        enrSeq,
        random: random.fork('discovery'),
        records: this.#deps.records,
        readEnr: this.#deps.readEnr ?? ((raw) => decodeEnr(raw, scheme)),
        enrPairs: new Map([forkIdPair(this.#deps.chain.forkId())]),
        onNode: (at, node) => this.#onNode(at, node),
        wantsNodes: () => this.#manager.wantsNodes(),
        acceptedFrom: () => acceptedFrom(this.#manager),
      },
      {
        endpoint: { ip: externalIp ?? listen.ip, udpPort, tcpPort: listen.port },
        bootnodes,
        storedNodes: this.#book.recent(STORED_NODES),
        groupLimits: true,
        isAllowed: this.#mayReach,
        loopbackRoutable,
      },
    );
  }

  #onNode(nowMs: number, node: NodeRecord): void {
    const { nodeId, endpoint, enr } = node;
    if (nodeId === this.#deps.identity.nodeId) return;
    const isStatic = this.#manager.candidates.isStatic(nodeId);
    // Of a foreign chain, as many on the shared discovery network are, it would waste a slot (EIP-2124). What it said of
    // itself before may have been less than its record says.
    const isForeign = enr !== undefined && !this.#saysOurFork(enr) && !isOnOurChain(this.#deps.chain, enr);
    if (isForeign) {
      if (!isStatic) this.#manager.forget(nodeId);
    } else if (endpoint.tcpPort === 0) {
      if (!isStatic) this.#manager.spare(nodeId);
    } else {
      this.#book.offer(nowMs, node, endpoint.ip);
      this.#manager.candidates.offer(nowMs, node);
    }
  }

  /** True if a record's entry for the fork id is ours to the byte, as it is for most nodes of our chain. */
  #saysOurFork({ pairs }: Enr): boolean {
    const entry = pairs.get('eth');
    return entry !== undefined && bytesEqual(entry, this.#forkEntry);
  }

  #onEthEvent(nowMs: number, event: EthEvent): void {
    if (event.kind === 'peer-ready') this.#manager.onReady(nowMs, event.conn);
  }

  #peerHandler(): PeerHandler {
    return {
      onAccepted: (nowMs, { session }) => this.#discovery?.onAccepted(nowMs, session.config.remote.ip),
      onActive: (nowMs, connection) => this.#onActive(nowMs, connection),
      onMessage: (nowMs, { session }, _shared, code, payload) =>
        this.#eth.onMessage(nowMs, session.conn, code, payload),
      onWritable: (nowMs, { session }) => this.#eth.onPeerWritable(nowMs, session.conn),
      onRejoined: (nowMs, node) => this.#discovery?.rejoin(nowMs, node),
      onGone: (nowMs, { session, nodeId }, cause) => {
        this.#eth.onPeerGone(nowMs, session.conn);
        if (nodeId === undefined) return;
        const { remote } = session.config;
        this.#deps.onPeerEvent?.({ kind: 'drop', peer: nodeId, remote, reason: causeCode(cause) });
      },
    };
  }

  #onActive(nowMs: number, { session, nodeId }: Connection): void {
    const { state, config, conn } = session;
    if (state.kind !== 'active' || nodeId === undefined) return;
    const shared = state.shared.find(({ name }) => name === 'eth');
    const version = this.#eth.versions.find((known) => known === shared?.version);
    if (version === undefined) return;
    const { direction, remote } = config;
    this.#deps.onPeerEvent?.({ kind: 'add', peer: nodeId, remote, inbound: direction === 'in' });
    this.#eth.onPeerActive(nowMs, { conn, nodeId, direction, version, trusted: this.#manager.trusted.has(nodeId) });
  }

  #peerControl(): PeerControl {
    const session = (conn: ConnId) => this.#manager.connections.get(conn)?.session;
    return {
      send: (conn, code, payload) => session(conn)?.send(this.#nowMs, 'eth', code, payload),
      fault: (nowMs, conn, fault) => this.#manager.fault(nowMs, conn, fault),
      merit: () => undefined, // credit is not given yet: it may only ever buy what good conduct alone can't lose
      disconnect: (nowMs, conn, reason) => this.#manager.disconnect(nowMs, conn, reason, 'no longer of use'),
      setReadPaused: (conn, paused) => this.#manager.setReadPaused(this.#nowMs, conn, paused),
      isWritable: (conn) => session(conn)?.traffic.writable ?? false,
      rttMs: (conn) => session(conn)?.traffic.rttMs,
    };
  }
}

/** Nodes of the book that discovery asks again after a restart, beside the bootnodes. */
const STORED_NODES = 30;

function acceptedFrom({ connections }: PeerManager): string[] {
  return [...connections.identified()].flatMap(({ session: { config } }) =>
    config.direction === 'in' ? [config.remote.ip] : [],
  );
}

/** False if a record names a chain that isn't ours, or is broken there. One that says nothing may be ours. */
function isOnOurChain(chain: ChainReader, enr: Enr): boolean {
  try {
    const forkId = forkIdOf(enr.pairs);
    return forkId === undefined || chain.forkIdMismatch(forkId) === undefined;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
