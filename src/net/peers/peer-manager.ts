import type { NodeId, PublicKey } from '../../base/brand.js';
import { Wake } from '../../base/wake.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';
import type { Log } from '../../ports/log.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { LocalCapability, SharedCapability } from '../../wire/capability.js';
import type { Channel } from '../../wire/channel.js';
import type { DisconnectReason } from '../../wire/p2p/disconnect.js';
import { type Hello, P2P_VERSION } from '../../wire/p2p/hello.js';
import type { Conduct } from '../defense/conduct.js';
import { describeFault, type Fault } from '../defense/fault.js';
import { PENALTIES } from '../defense/penalty.js';
import type { ConnId, DialFailure, Emit, NetInput } from '../io.js';
import { admission } from './admission.js';
import { backOffOf, isBenign, isFarewell, isFull, isSilence } from './close-policy.js';
import { type Connection, ConnectionTable, claimOf, type DialPurpose } from './connection.js';
import type { DialNode } from './dial-node.js';
import { DialCandidates } from './dialing/dial-candidates.js';
import { Dialing, type DialingDeps } from './dialing/dialing.js';
import { FailureLog } from './failures.js';
import { InboundGate, toShed } from './inbound-gate.js';
import type { IpFilter } from './net-restrict.js';
import { NetTotals } from './net-totals.js';
import { logFailure } from './peer-log.js';
import { type Refusal, Session, type SessionHandler } from './session/session.js';
import { type CloseCause, causeCode, DIAL_TIMEOUT_MS, describeCause } from './session/session-state.js';
import { type SlotQuota, slotQuota, slotUse } from './slots.js';

/** What the manager tells the protocols that run over its connections. */
export interface PeerHandler {
  /** Whoever dialed us has proved its key; whether it may stay is not decided yet. */
  onAccepted(nowMs: number, connection: Connection): void;
  onActive(nowMs: number, connection: Connection): void;
  onMessage(nowMs: number, connection: Connection, shared: SharedCapability, code: number, payload: Uint8Array): void;
  onWritable(nowMs: number, connection: Connection): void;
  /** A peer that a cut of the network had taken was reached again. */
  onRejoined(nowMs: number, node: DialNode): void;
  /** Never within another call of this interface. Only for connections that were active. */
  onGone(nowMs: number, connection: Connection, cause: CloseCause): void;
}

/** What a peer manager works with. */
export interface PeerManagerDeps extends DialingDeps {
  readonly identity: Identity;
  readonly scheme: IdentityScheme;
  readonly emit: Emit;
  readonly log: Log;
  readonly channelFactory: (remote: PublicKey | undefined) => Channel;
  readonly conduct: Conduct;
  readonly handler: PeerHandler;
}

/** Its settings. */
export interface PeerManagerConfig {
  readonly clientName: string;
  readonly listenPort: number;
  readonly capabilities: readonly LocalCapability[];
  readonly maxPeers: number;
  /** False (`--nodiscover`): only static and trusted peers are dialed, and peers that were lost. */
  readonly dialBook: boolean;
  readonly mayReach: IpFilter;
  readonly loopbackRoutable: boolean;
}

/**
 * Every connection from first byte to last: whom to dial, whom to let in, what a fault leads to. The only owner of
 * sessions. Ends are collected and reported by `settle`, so that no protocol sees a peer vanish inside its own call.
 */
export class PeerManager {
  readonly connections = new ConnectionTable();
  readonly candidates: DialCandidates;
  readonly failures = new FailureLog();
  readonly totals = new NetTotals();
  readonly trusted = new Set<NodeId>(); // BOUNDED: the operator's own list
  readonly #deps: PeerManagerDeps;
  readonly #config: PeerManagerConfig;
  readonly #gate: InboundGate;
  readonly #dialing: Dialing;
  readonly #sessionHandler: SessionHandler;
  readonly #hello: Hello;
  readonly #ended: { readonly connection: Connection; readonly cause: CloseCause }[] = []; // BOUNDED: emptied by settle after every input
  readonly #quota: SlotQuota;
  readonly #emit: Emit;
  /** Of the sessions' own clocks. */
  readonly #sessionsWake = new Wake();
  #nextConn: ConnId = 1;
  #running = false;

  constructor(deps: PeerManagerDeps, config: PeerManagerConfig) {
    this.#deps = deps;
    this.#config = config;
    this.candidates = new DialCandidates(deps.random, config.loopbackRoutable);
    this.#gate = new InboundGate(deps.conduct.bans, config.mayReach, config.loopbackRoutable);
    this.#hello = {
      p2pVersion: P2P_VERSION,
      clientId: config.clientName,
      capabilities: config.capabilities.map(({ name, version }) => ({ name, version })),
      listenPort: config.listenPort,
      publicKey: deps.identity.publicKey,
    };
    this.#quota = slotQuota(config.maxPeers);
    this.#dialing = new Dialing(deps, config.dialBook, {
      localId: deps.identity.nodeId,
      candidates: this.candidates,
      connections: this.connections,
      conduct: deps.conduct,
      trusted: this.trusted,
      quota: this.#quota,
      mayReach: config.mayReach,
      loopbackRoutable: config.loopbackRoutable,
    });
    this.#emit = (output) => {
      if (output.kind === 'stream-write') this.totals.bytesOut += output.data.length;
      deps.emit(output);
    };
    this.#sessionHandler = {
      onIdentified: (nowMs, session, remote) => this.#onIdentified(nowMs, session, remote),
      onActive: (nowMs, session) => this.#onActive(nowMs, session),
      onMessage: (nowMs, session, shared, code, payload) => {
        const connection = this.connections.get(session.conn);
        if (connection !== undefined) deps.handler.onMessage(nowMs, connection, shared, code, payload);
      },
      onFault: (nowMs, session, fault) => this.fault(nowMs, session.conn, fault),
      onClosed: (nowMs, session, cause) => this.#onClosed(nowMs, session, cause),
    };
  }

  /** Allows dials from now on. */
  start(nowMs: number): void {
    this.#running = true;
    this.#dialing.start(nowMs);
  }

  /** Tells everyone that we quit; refuses and dials nobody from now on. */
  stop(nowMs: number): void {
    this.#running = false;
    for (const { session } of this.connections.all()) {
      const cause: CloseCause = { kind: 'local', reason: 'client-quitting', detail: 'this node shuts down' };
      session.close(nowMs, 'client-quitting', cause);
    }
  }

  onStreamOpened(nowMs: number, opened: Extract<NetInput, { kind: 'stream-opened' }>): void {
    const { conn, remote, direction, local } = opened;
    if (direction === 'in') this.#accept(nowMs, conn, remote);
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    connection.local = local;
    if (direction === 'out') connection.session.onStreamOpened(nowMs);
    this.#watch(connection.session);
  }

  onStreamData(nowMs: number, conn: ConnId, data: Uint8Array): void {
    this.totals.bytesIn += data.length;
    const session = this.connections.get(conn)?.session;
    if (session === undefined) return;
    session.onData(nowMs, data);
    this.#watch(session);
  }

  onStreamClosed(nowMs: number, conn: ConnId, error: string | undefined): void {
    this.connections.get(conn)?.session.onStreamClosed(nowMs, { kind: 'stream', error });
    this.connections.delete(conn);
  }

  onDialFailed(nowMs: number, conn: ConnId, failure: DialFailure): void {
    this.totals.dialFailures++;
    this.connections.get(conn)?.session.onStreamClosed(nowMs, { kind: 'dial', failure });
    this.connections.delete(conn);
  }

  onStreamWritable(nowMs: number, conn: ConnId, writable: boolean): void {
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    connection.session.onWritable(nowMs, writable);
    this.#watch(connection.session);
    if (writable && connection.session.state.kind === 'active') this.#deps.handler.onWritable(nowMs, connection);
  }

  /** Charges a fault and does what the price list says. */
  fault(nowMs: number, conn: ConnId, fault: Fault): void {
    const connection = this.connections.get(conn);
    if (connection === undefined || connection.session.state.kind === 'closing') return;
    connection.lastFault = describeFault(fault);
    const id = connection.identifiedAtMs === undefined ? undefined : connection.nodeId;
    const penalty = PENALTIES[fault.code];
    let [reason, backOffMs] = [penalty.disconnect, penalty.backOffMs];
    if (id !== undefined) {
      const consequence = this.#deps.conduct.charge(nowMs, id, fault, this.trusted.has(id));
      [reason, backOffMs] = [consequence.disconnect, consequence.backOffMs];
      const { ban } = consequence;
      if (ban !== undefined) {
        this.#deps.log.log('warn', 'net', 'peer banned', {
          peer: id.slice(0, 18),
          reason: ban.reason,
          untilMs: ban.untilMs,
        });
      }
    }
    if (reason === undefined) return;
    connection.backOffMs = backOffMs;
    connection.session.close(nowMs, reason, { kind: 'fault', fault });
  }

  /** Ends a connection for a reason of our own. */
  disconnect(nowMs: number, conn: ConnId, reason: DisconnectReason, detail: string): void {
    this.connections.get(conn)?.session.close(nowMs, reason, { kind: 'local', reason, detail });
  }

  /** The peer passed eth's Status: no failure any more, and worth remembering if we dialed it. */
  onReady(nowMs: number, conn: ConnId): void {
    const connection = this.connections.get(conn);
    if (connection?.nodeId === undefined) return;
    connection.ready = true;
    this.failures.clear(connection.nodeId);
    this.#reached(nowMs, connection, connection.dialed);
  }

  /** Drops a node from everything that would dial it again; true if it was static. */
  forget(id: NodeId): boolean {
    const wasStatic = this.candidates.isStatic(id);
    this.#dialing.forget(id);
    return wasStatic;
  }

  /** The node says that it can't be dialed: it is not, for now. Where we have reached it before, it may be wrong, or be open again later. */
  spare(id: NodeId): void {
    this.candidates.remove(id);
    if (this.#deps.book.get(id)?.tried === false) this.#deps.book.forget(id);
  }

  tick(nowMs: number): void {
    if (!this.#sessionsWake.take(nowMs)) return;
    for (const { session } of this.connections.all()) {
      session.tick(nowMs);
      this.#watch(session);
    }
  }

  nextWake(): number {
    return Math.min(this.nextDialMs(), this.nextSessionMs());
  }

  /** When `settle` may have somebody to dial. */
  nextDialMs(): number {
    return this.#running ? this.#dialing.nextWake() : Number.POSITIVE_INFINITY;
  }

  /** When a session's clock is due. */
  nextSessionMs(): number {
    return this.#running ? this.#sessionsWake.atMs : Number.POSITIVE_INFINITY;
  }

  /** True while there are slots for peers of our own choice. */
  wantsNodes(): boolean {
    return this.#dialing.wantsNodes();
  }

  /** Slows the peer down on behalf of a protocol, or lifts that. */
  setReadPaused(nowMs: number, conn: ConnId, paused: boolean): void {
    const session = this.connections.get(conn)?.session;
    if (session === undefined) return;
    session.setReadPaused(nowMs, paused);
    this.#watch(session);
  }

  /** Reports what ended since the last call, then dials whom there is room for. Call it after every input. */
  settle(nowMs: number): void {
    for (let end = this.#ended.shift(); end !== undefined; end = this.#ended.shift()) {
      if (end.connection.active) this.#deps.handler.onGone(nowMs, end.connection, end.cause);
    }
    if (!this.#running) return;
    for (const { node, purpose } of this.#dialing.next(nowMs)) this.#dial(nowMs, node, purpose);
  }

  /** To be called when a session's clock may have come to ask for something sooner. */
  #watch(session: Session): void {
    this.#sessionsWake.by(session.nextWake());
  }

  #accept(nowMs: number, conn: ConnId, remote: SocketAddress): void {
    const pending = this.connections.pendingInbound();
    if (!this.#running || this.#gate.refusal(nowMs, remote.ip, pending) !== undefined) {
      this.totals.inboundRefused++;
      this.#emit({ kind: 'stream-close', conn, abort: true });
      return;
    }
    const shed = toShed(pending);
    if (shed !== undefined) this.fault(nowMs, shed.session.conn, { code: 'handshake-timeout', stage: 'rlpx' });
    this.#open(nowMs, conn, remote, undefined, { kind: 'fill' });
  }

  #open(nowMs: number, conn: ConnId, remote: SocketAddress, dialed: DialNode | undefined, purpose: DialPurpose): void {
    const session = new Session(nowMs, this.#deps.channelFactory(dialed?.publicKey), this.#emit, this.#sessionHandler, {
      conn,
      remote,
      direction: dialed === undefined ? 'in' : 'out',
      expected: dialed?.publicKey,
      hello: this.#hello,
      capabilities: this.#config.capabilities,
    });
    this.connections.add({
      session,
      dialed,
      local: undefined,
      nodeId: dialed?.nodeId,
      identifiedAtMs: undefined,
      active: false,
      ready: false,
      exempt: dialed !== undefined && this.#isExempt(dialed.nodeId),
      slot: dialed === undefined ? 'in' : 'out',
      purpose,
      lastFault: undefined,
      backOffMs: 0,
    });
  }

  #onIdentified(nowMs: number, session: Session, remote: PublicKey): Refusal | undefined {
    const connection = this.connections.get(session.conn);
    if (connection === undefined) return undefined;
    const { direction, expected } = session.config;
    const remoteId = this.#deps.scheme.nodeIdOf(remote);
    if (expected !== undefined && expected !== remote) {
      const expectedId = this.#deps.scheme.nodeIdOf(expected);
      this.fault(nowMs, session.conn, { code: 'wrong-identity', expected: expectedId, actual: remoteId });
      return undefined;
    }
    connection.nodeId = remoteId;
    connection.identifiedAtMs = nowMs;
    connection.exempt = this.#isExempt(remoteId);
    if (direction === 'in') this.#deps.handler.onAccepted(nowMs, connection);
    const found = this.#dialing.onFound(nowMs, remoteId);
    if (found !== undefined) this.#deps.handler.onRejoined(nowMs, found);
    const twin = this.connections.of(remoteId);
    const others = [...this.connections.identified()].filter((other) => other !== twin);
    const decision = admission({
      localId: this.#deps.identity.nodeId,
      remoteId,
      newcomer: {
        direction,
        identifiedAtMs: nowMs,
        exempt: connection.exempt,
        extra: connection.purpose.kind !== 'fill',
      },
      twin: twin && { direction: twin.session.config.direction, identifiedAtMs: twin.identifiedAtMs ?? nowMs },
      held: twin?.slot ?? (this.connections.isDialing(remoteId) ? 'out' : undefined),
      trusted: this.trusted.has(remoteId),
      barred: this.#deps.conduct.barred(nowMs, remoteId),
      quota: this.#quota,
      use: slotUse(others.map(claimOf)),
    });
    if (decision.kind === 'refuse') {
      if (twin !== undefined && decision.reason === 'already-connected') this.#reached(nowMs, twin, connection.dialed);
      return decision;
    }
    connection.slot = decision.slot;
    this.connections.identify(connection, remoteId);
    this.candidates.setBusy(remoteId);
    // No dial is in progress for it any more: one of those that waited for that has its turn.
    if (direction === 'out') this.candidates.slotFreed();
    if (twin !== undefined) {
      this.#reached(nowMs, connection, twin.dialed);
      this.disconnect(nowMs, twin.session.conn, 'already-connected', 'both ends dialed at once');
    }
    return undefined;
  }

  /** The node of a connection proved its key on our dial as well, by this connection or a twin: it can be dialed there. */
  #reached(nowMs: number, connection: Connection, dialed: DialNode | undefined): void {
    if (dialed === undefined) return;
    connection.dialed = dialed;
    if (connection.ready) this.#deps.book.onSuccess(nowMs, dialed);
  }

  #onActive(nowMs: number, session: Session): void {
    const connection = this.connections.get(session.conn);
    if (connection === undefined) return;
    connection.active = true;
    if (connection.purpose.kind === 'replace') this.#part(nowMs, connection.purpose.leaving);
    this.#deps.handler.onActive(nowMs, connection);
  }

  #onClosed(nowMs: number, session: Session, cause: CloseCause): void {
    const connection = this.connections.get(session.conn);
    if (connection === undefined) return;
    const stoodForNode = connection.nodeId !== undefined && this.connections.of(connection.nodeId) === connection;
    this.connections.retire(connection);
    this.totals.countEnd(causeCode(cause));
    this.#ended.push({ connection, cause });
    if (!this.#running) return;
    if (connection.slot === 'out') this.candidates.slotFreed();
    const id = connection.dialed?.nodeId ?? connection.nodeId;
    const silent = isSilence(cause);
    if (silent && connection.ready) {
      const lost = connection.exempt ? undefined : connection.dialed;
      this.#dialing.onSilence(nowMs, lost, [...this.connections.identified()].length);
    }
    if (!isBenign(cause) && !(connection.ready && isFarewell(cause))) this.#noteFailure(nowMs, connection, id, cause);
    if (id === undefined || this.connections.of(id) !== undefined) return;
    if (!stoodForNode && connection.dialed === undefined) return;
    // Whoever is tried again and again while the network is cut gets no worse by that, nor does a node that is full: those who
    // take everybody would seem the better ones.
    const isDial = connection.session.config.direction === 'out';
    const failed = isDial && !connection.active && connection.purpose.kind !== 'rejoin' && !isFull(cause);
    if (failed) this.#deps.book.onFailure(id);
    this.candidates.release(nowMs, id, connection.ready, Math.max(connection.backOffMs, backOffOf(cause)), silent);
  }

  #noteFailure(nowMs: number, { session, dialed }: Connection, id: NodeId | undefined, cause: CloseCause): void {
    const { remote: address, direction } = session.config;
    const failure = { id, address, direction, code: causeCode(cause), detail: describeCause(cause), atMs: nowMs };
    const news = this.failures.note(failure);
    logFailure(this.#deps.log, failure, cause, news, dialed !== undefined && this.#isExempt(dialed.nodeId));
  }

  /** A peer that we chose makes room for another that is there, unless there is room for both by now. */
  #part(nowMs: number, leaving: NodeId): void {
    const connection = this.connections.of(leaving);
    if (connection === undefined || slotUse(this.connections.claims()).dialed <= this.#quota.dialed) return;
    this.disconnect(nowMs, connection.session.conn, 'too-many-peers', 'its place goes to another node');
  }

  #dial(nowMs: number, node: DialNode, purpose: DialPurpose): void {
    const conn = this.#nextConn;
    this.#nextConn += 2;
    const to = { ip: node.endpoint.ip, port: node.endpoint.tcpPort };
    this.candidates.setBusy(node.nodeId);
    this.#open(nowMs, conn, to, node, purpose);
    this.totals.dials++;
    this.#emit({ kind: 'dial', conn, to, timeoutMs: DIAL_TIMEOUT_MS });
  }

  #isExempt(id: NodeId): boolean {
    return this.trusted.has(id) || this.candidates.isStatic(id);
  }
}
