import type { NodeId, PublicKey } from '../../base/brand.js';
import type { Random } from '../../ports/random.js';
import type { Endpoint } from '../../types/endpoint.js';
import { g16, g24, groupLimitsApply, ipScope } from '../defense/diversity.js';

/** A node that can be dialed. */
export interface DialNode {
  readonly nodeId: NodeId;
  readonly publicKey: PublicKey;
  readonly endpoint: Endpoint;
}

/** Why a node did not become a candidate. */
export type CandidateRefusal = 'no-tcp-port' | 'full' | 'group-full';

/** Candidates at once; more wait in the address book. */
const CAPACITY = 512;
/** Of one /16: a lying neighbour can't fill the queue with its own rack (false friends). */
const CAPACITY_G16 = 32;
/** Of one /24: two of it are dialed at once, and one address has as many ports as it likes. */
const CAPACITY_G24 = 4;
/** Operator's own; a list longer than this is a mistake. */
const STATIC_CAPACITY = 1024;

/** No node is dialed twice within this time (devp2p clients drop earlier ones); on this machine and LAN there is no crowd. */
export const HISTORY_MS = 35_000;
const LOCAL_HISTORY_MS = 500;
/** The most that a local node waits, unless it is incompatible: a devnet's nodes start one after the other. */
const LOCAL_MAX_MS = 4_000;
/** Back-offs this long mean "not our chain", which waiting nearby does not change. */
const INCOMPATIBLE_MS = 3_600_000;
/** A dynamic node that failed so often is left to the address book. */
const MAX_ATTEMPTS = 4;
const MAX_BACK_OFF_MS = 30 * 60_000;
/** Those who are forgiven are dialed within this time. */
const FORGIVEN_MS = 5_000;
const STATIC_FIRST_MS = 5_000;
const STATIC_MAX_MS = 2 * 60_000;

interface Candidate {
  node: DialNode;
  readonly isStatic: boolean;
  /** Failures in a row. */
  attempts: number;
  nextDialMs: number;
  phase: 'waiting' | 'busy';
  /** Nobody answered the last time. */
  silent: boolean;
}

/**
 * Whom to dial, and not before when. Static nodes stay for ever; others leave after some failures in a row. Deadlines
 * are data.
 */
export class DialCandidates {
  // BOUNDED: by CAPACITY (per subnet: CAPACITY_G16, CAPACITY_G24) in offer and STATIC_CAPACITY in addStatic.
  readonly #candidates = new Map<NodeId, Candidate>();
  /** Dynamic candidates of each /16 and each /24. BOUNDED: by #candidates */
  readonly #perGroup = new Map<string, number>();
  readonly #random: Random;
  readonly #loopbackRoutable: boolean;
  #staticCount = 0;
  #everOffered = 0;
  /** Something changed since the last look, or will have changed at `#wakeMs`. */
  #changed = true;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(random: Random, loopbackRoutable: boolean) {
    this.#random = random;
    this.#loopbackRoutable = loopbackRoutable;
  }

  get size(): number {
    return this.#candidates.size;
  }

  /** How many nodes have become candidates by `offer`, whatever became of them. */
  get everOffered(): number {
    return this.#everOffered;
  }

  /**
   * Offers a node that discovery or the book named; undefined if it is a candidate now. A known one gets its newer endpoint,
   * if there is room for it there, and keeps its back-off.
   */
  offer(nowMs: number, node: DialNode): CandidateRefusal | undefined {
    if (node.endpoint.tcpPort === 0) return 'no-tcp-port';
    const known = this.#candidates.get(node.nodeId);
    if (known !== undefined) return known.isStatic ? undefined : this.#move(known, node);
    const { ip } = node.endpoint;
    if (!this.hasRoomFor(ip)) return 'group-full';
    if (this.#candidates.size - this.#staticCount >= CAPACITY && !this.#makeRoom(ip)) return 'full';
    this.#changed = true;
    this.#everOffered++;
    this.#candidates.set(node.nodeId, {
      node,
      isStatic: false,
      attempts: 0,
      nextDialMs: nowMs,
      phase: 'waiting',
      silent: false,
    });
    this.#count(ip, 1);
    return undefined;
  }

  /** True if the subnets of `ip` leave room for one more node. */
  hasRoomFor(ip: string): boolean {
    if ((this.#perGroup.get(g16(ip)) ?? 0) < CAPACITY_G16 && (this.#perGroup.get(g24(ip)) ?? 0) < CAPACITY_G24)
      return true;
    return !groupLimitsApply(ip, this.#loopbackRoutable);
  }

  /** Adds a node that is dialed now and again for ever, or moves it to a new endpoint. */
  addStatic(nowMs: number, node: DialNode): CandidateRefusal | undefined {
    if (node.endpoint.tcpPort === 0) return 'no-tcp-port';
    const known = this.#candidates.get(node.nodeId);
    if (known?.isStatic !== true && this.#staticCount >= STATIC_CAPACITY) return 'full';
    if (known?.isStatic !== true) this.#staticCount++;
    if (known?.isStatic === false) this.#count(known.node.endpoint.ip, -1);
    this.#changed = true;
    const phase = known?.phase ?? 'waiting';
    this.#candidates.set(node.nodeId, {
      node,
      isStatic: true,
      attempts: 0,
      nextDialMs: nowMs,
      phase,
      silent: false,
    });
    return undefined;
  }

  /** Forgets a node; false if it was not there. */
  remove(id: NodeId): boolean {
    const known = this.#candidates.get(id);
    if (known?.isStatic === true) this.#staticCount--;
    if (known?.isStatic === false) this.#count(known.node.endpoint.ip, -1);
    return this.#candidates.delete(id);
  }

  has(id: NodeId): boolean {
    return this.#candidates.has(id);
  }

  isStatic(id: NodeId): boolean {
    return this.#candidates.get(id)?.isStatic === true;
  }

  /** When a waiting node may be dialed next; undefined if it is not a candidate or is connected. */
  nextDialMs(id: NodeId): number | undefined {
    const known = this.#candidates.get(id);
    return known?.phase === 'waiting' ? known.nextDialMs : undefined;
  }

  /** True if `due` may name others than the last time it was asked. */
  isChanged(nowMs: number): boolean {
    return this.#changed || nowMs >= this.#wakeMs;
  }

  /** True if a static node is among them. */
  hasStatic(): boolean {
    return this.#staticCount > 0;
  }

  /** A connection is over: who waited for a slot may be due now. */
  slotFreed(): void {
    this.#changed = true;
  }

  /** There is no slot for anybody: nothing is due until one is free or somebody new comes. */
  rest(): void {
    this.#changed = false;
    this.#wakeMs = Number.POSITIVE_INFINITY;
  }

  /** Nodes whose time has come: static ones first, then those waiting longest. */
  due(nowMs: number): DialNode[] {
    this.#changed = false;
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const due: Candidate[] = []; // BOUNDED: by the candidates
    for (const candidate of this.#candidates.values()) {
      if (candidate.phase !== 'waiting') continue;
      if (candidate.nextDialMs > nowMs) this.#wakeMs = Math.min(this.#wakeMs, candidate.nextDialMs);
      else due.push(candidate);
    }
    return due
      .sort((a, b) => Number(b.isStatic) - Number(a.isStatic) || a.nextDialMs - b.nextDialMs)
      .map(({ node }) => node);
  }

  /** When `due` may grow after its last call. What was due then waits for a slot, not for the clock. */
  nextWake(): number {
    return this.#wakeMs;
  }

  /** A connection to the node is being made or exists, whoever dialed. */
  setBusy(id: NodeId): void {
    const known = this.#candidates.get(id);
    if (known !== undefined) known.phase = 'busy';
  }

  /** Not now: asks again after `delayMs`, without counting a failure. */
  postpone(nowMs: number, id: NodeId, delayMs: number): void {
    const known = this.#candidates.get(id);
    if (known === undefined) return;
    known.nextDialMs = nowMs + delayMs;
    this.#wakeMs = Math.min(this.#wakeMs, known.nextDialMs);
  }

  /**
   * The connection ended or never came. `wasPeer`: it had worked, so the count of failures starts again. `backOffMs` is
   * what the penalty table or the peer's reason asks for; `silent`: nobody answered.
   */
  release(nowMs: number, id: NodeId, wasPeer: boolean, backOffMs: number, silent = false): void {
    const known = this.#candidates.get(id);
    if (known === undefined) return;
    this.#changed = true;
    known.phase = 'waiting';
    known.silent = silent;
    known.attempts = wasPeer ? 0 : known.attempts + 1;
    if (!known.isStatic && known.attempts > MAX_ATTEMPTS) this.remove(id);
    else known.nextDialMs = nowMs + this.#delayMs(known, backOffMs);
  }

  /** The network was cut and is back: whoever did not answer meanwhile is dialed as if for the first time, each at its own moment. */
  forgiveSilence(nowMs: number): void {
    for (const candidate of this.#candidates.values()) {
      if (!candidate.silent || candidate.phase === 'busy') continue;
      candidate.silent = false;
      candidate.attempts = 0;
      candidate.nextDialMs = Math.min(candidate.nextDialMs, nowMs + this.#random.float() * FORGIVEN_MS);
    }
    this.#changed = true;
  }

  #delayMs(candidate: Candidate, backOffMs: number): number {
    const local = !this.#loopbackRoutable && ipScope(candidate.node.endpoint.ip) !== 'public';
    const growth = 2 ** Math.min(10, Math.max(0, candidate.attempts - 1));
    const jitter = 1 + this.#random.float() / 5;
    if (local && (candidate.isStatic || backOffMs < INCOMPATIBLE_MS)) {
      return Math.min(LOCAL_MAX_MS, LOCAL_HISTORY_MS * growth) * jitter;
    }
    if (candidate.isStatic) return Math.min(STATIC_MAX_MS, STATIC_FIRST_MS * growth) * jitter;
    return Math.max(backOffMs, Math.min(MAX_BACK_OFF_MS, HISTORY_MS * growth)) * jitter;
  }

  #count(ip: string, change: number): void {
    for (const group of [g16(ip), g24(ip)]) {
      const count = (this.#perGroup.get(group) ?? 0) + change;
      if (count > 0) this.#perGroup.set(group, count);
      else this.#perGroup.delete(group);
    }
  }

  #move(candidate: Candidate, node: DialNode): CandidateRefusal | undefined {
    const { ip } = candidate.node.endpoint;
    this.#count(ip, -1);
    const fits = node.endpoint.ip === ip || this.hasRoomFor(node.endpoint.ip);
    if (fits) candidate.node = node;
    this.#count(candidate.node.endpoint.ip, 1);
    return fits ? undefined : 'group-full';
  }

  /**
   * Makes room by the waiting dynamic node with the most failures. If none has failed, by a random one of the /16 that
   * has most: whoever accepts every dial never fails, and would stay for ever. False if the /16 of `ip` has as many.
   */
  #makeRoom(ip: string): boolean {
    const victim = this.#worst() ?? this.#ofMostCrowded((this.#perGroup.get(g16(ip)) ?? 0) + 1);
    return victim !== undefined && this.remove(victim.node.nodeId);
  }

  #worst(): Candidate | undefined {
    let worst: Candidate | undefined;
    for (const candidate of this.#candidates.values()) {
      if (candidate.attempts > (worst?.attempts ?? 0) && mayGo(candidate)) worst = candidate;
    }
    return worst;
  }

  /** A random one of the /16 that has most, if that are so many at least. */
  #ofMostCrowded(least: number): Candidate | undefined {
    let crowd: Candidate[] = []; // BOUNDED: by the candidates
    let most = least;
    for (const candidate of this.#candidates.values()) {
      if (!mayGo(candidate)) continue;
      const count = this.#perGroup.get(g16(candidate.node.endpoint.ip)) ?? 0;
      if (count < most) continue;
      if (count > most) crowd = [];
      most = count;
      crowd.push(candidate);
    }
    return crowd.length > 0 ? crowd[this.#random.below(crowd.length)] : undefined;
  }
}

const mayGo = ({ isStatic, phase }: Candidate): boolean => !isStatic && phase !== 'busy';
