import { BoundedMap } from '../base/bounded.js';
import type { NodeId } from '../base/brand.js';
import { err, ok, type Result } from '../base/result.js';
import type { IdentityScheme } from '../ports/identity.js';
import type { Ban } from './defense/banlist.js';
import type { Conduct } from './defense/conduct.js';
import type { BanView, DialOutcome, FailureView } from './peer-view.js';
import { barredText } from './peers/admission.js';
import type { DialNode } from './peers/dial-node.js';
import type { IpFilter } from './peers/net-restrict.js';
import type { PeerManager } from './peers/peer-manager.js';
import type { PeerCommandError } from './swarm-api.js';
import { type NamedNode, parseBanTarget, parseNode } from './swarm-target.js';

type Outcome<T> = Result<T, PeerCommandError>;

/** The operator's hand on the peers: what `admin_*` and `grapevine peers` can do. Each command answers at once. */
export class SwarmCommands {
  readonly #scheme: IdentityScheme;
  readonly #localId: NodeId;
  readonly #manager: PeerManager;
  readonly #conduct: Conduct;
  readonly #mayReach: IpFilter;
  /** When `addPeer` last asked for a node. */
  readonly #asked = new BoundedMap<NodeId, number>(1024);

  constructor(scheme: IdentityScheme, localId: NodeId, manager: PeerManager, conduct: Conduct, mayReach: IpFilter) {
    this.#scheme = scheme;
    this.#localId = localId;
    this.#manager = manager;
    this.#conduct = conduct;
    this.#mayReach = mayReach;
  }

  addPeer(nowMs: number, text: string): Outcome<NodeId> {
    const node = this.#dialable(nowMs, text);
    if (!node.ok) return node;
    const { nodeId } = node.value;
    const refusal = this.#manager.candidates.addStatic(nowMs, node.value);
    if (refusal === 'no-tcp-port') return refuse('no-endpoint', 'the enode has no TCP port');
    if (refusal !== undefined) return refuse('full', 'there are too many static peers');
    this.#asked.set(nodeId, nowMs);
    this.#refreshExempt(nodeId);
    return ok(nodeId);
  }

  removePeer(nowMs: number, text: string): Outcome<boolean> {
    const node = parseNode(this.#scheme, text);
    if (!node.ok) return node;
    const { nodeId } = node.value;
    this.#asked.delete(nodeId);
    const removed = this.#manager.forget(nodeId);
    return ok(this.#disconnect(nowMs, nodeId, 'removed by hand') || removed);
  }

  dialOutcome(id: NodeId): DialOutcome {
    if (this.#manager.connections.of(id)?.ready === true) return { kind: 'connected' };
    const askedAtMs = this.#asked.peek(id);
    if (askedAtMs === undefined) return { kind: 'unknown' };
    const failure = this.#manager.failures.of(id);
    if (failure === undefined || failure.atMs < askedAtMs) return { kind: 'pending' };
    return { kind: 'failed', code: failure.code, detail: failure.detail, atMs: failure.atMs };
  }

  addTrusted(nowMs: number, text: string): Outcome<NodeId> {
    const node = parseNode(this.#scheme, text);
    if (!node.ok) return node;
    const { nodeId, dial } = node.value;
    if (nodeId === this.#localId) return refuse('self', 'this is the node itself');
    if (this.#manager.trusted.size >= MAX_TRUSTED) return refuse('full', 'there are too many trusted peers');
    this.#manager.trusted.add(nodeId);
    if (dial !== undefined) this.#manager.candidates.addStatic(nowMs, dial);
    this.#refreshExempt(nodeId);
    return ok(nodeId);
  }

  removeTrusted(text: string): Outcome<boolean> {
    const node = parseNode(this.#scheme, text);
    if (!node.ok) return node;
    const removed = this.#manager.trusted.delete(node.value.nodeId);
    this.#refreshExempt(node.value.nodeId);
    return ok(removed);
  }

  ban(nowMs: number, text: string, durationMs = Number.POSITIVE_INFINITY): Outcome<BanView> {
    const parsed = parseBanTarget(this.#scheme, text);
    if (!parsed.ok) return parsed;
    const target = parsed.value;
    if (target.kind === 'node' && target.id === this.#localId) return refuse('self', 'this is the node itself');
    const ban = this.#conduct.bans.banManually(
      nowMs,
      target.kind === 'ip' ? target.ip : target.id,
      nowMs + Math.max(0, durationMs),
    );
    if (ban === undefined) return refuse('full', 'the ban list is full of bans made by hand');
    if (target.kind === 'node') this.#disconnect(nowMs, target.id, 'banned by hand');
    else this.#disconnectIp(nowMs, target.ip);
    return ok(banView(ban));
  }

  unban(nowMs: number, text: string): Outcome<boolean> {
    const parsed = parseBanTarget(this.#scheme, text);
    if (!parsed.ok) return parsed;
    const target = parsed.value;
    return ok(this.#conduct.pardon(nowMs, target.kind === 'ip' ? target.ip : target.id));
  }

  bans(nowMs: number): BanView[] {
    return this.#conduct.bans.inForce(nowMs).map(banView);
  }

  failures(): FailureView[] {
    return this.#manager.failures.list().map((failure) => ({
      ...failure,
      nextDialMs: failure.id === undefined ? undefined : this.#manager.candidates.nextDialMs(failure.id),
    }));
  }

  #dialable(nowMs: number, text: string): Outcome<DialNode> {
    const node: Outcome<NamedNode> = parseNode(this.#scheme, text);
    if (!node.ok) return node;
    const { nodeId, dial } = node.value;
    if (nodeId === this.#localId) return refuse('self', 'this is the node itself');
    if (dial === undefined) return refuse('no-endpoint', 'the enode URL has no address to dial');
    const barred = this.#conduct.barred(nowMs, nodeId);
    if (barred !== undefined && !this.#manager.trusted.has(nodeId)) return refuse('banned', barredText(barred));
    if (!this.#mayReach(dial.endpoint.ip)) return refuse('restricted', `${dial.endpoint.ip} is outside --netrestrict`);
    return ok(dial);
  }

  /** What the operator says of a node may free its slot, or let it do without one. */
  #refreshExempt(id: NodeId): void {
    this.#manager.candidates.slotFreed();
    const connection = this.#manager.connections.of(id);
    if (connection === undefined) return;
    connection.exempt = this.#manager.trusted.has(id) || this.#manager.candidates.isStatic(id);
  }

  #disconnect(nowMs: number, id: NodeId, detail: string): boolean {
    const connection = this.#manager.connections.of(id);
    if (connection !== undefined) this.#manager.disconnect(nowMs, connection.session.conn, 'requested', detail);
    return connection !== undefined;
  }

  #disconnectIp(nowMs: number, ip: string): void {
    for (const { session } of this.#manager.connections.all()) {
      if (session.config.remote.ip === ip) this.#manager.disconnect(nowMs, session.conn, 'requested', 'banned by hand');
    }
  }
}

/** Trusted peers are named one by one by an operator. */
const MAX_TRUSTED = 1024;

function banView({ target, manual, reason, untilMs, strikes }: Ban): BanView {
  return { target, manual, reason, untilMs, strikes };
}

function refuse<T>(code: PeerCommandError['code'], message: string): Outcome<T> {
  return err({ code, message });
}
