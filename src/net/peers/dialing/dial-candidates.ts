import type { NodeId } from '../../../base/brand.js';
import type { Random } from '../../../ports/random.js';
import { groupLimitsApply, ipScope } from '../../defense/diversity.js';
import type { DialNode } from '../dial-node.js';
import { type Crowd, SubnetCrowds } from './subnet-crowds.js';

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
/** Newcomers looked at by themselves; if there are more since the last look, all candidates are. */
const MAX_FRESH = 32;

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
  /** Those of its /16; undefined if it is static. */
  crowd: Crowd | undefined;
  /** Where it is among the dynamic ones; of no meaning if it is static. */
  place: number;
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
  /** The dynamic ones, in no order. BOUNDED: by #candidates */
  readonly #dynamic: Candidate[] = [];
  /** Of the dynamic ones. */
  readonly #crowds = new SubnetCrowds();
  /** Dynamic ones whose last dial failed. */
  #failing = 0;
  readonly #random: Random;
  readonly #loopbackRoutable: boolean;
  #everOffered = 0;
  /** Anybody may have become due since the last look, or will have at `#wakeMs`. */
  #changed = true;
  /** Else only those who came since then. BOUNDED: by MAX_FRESH */
  #fresh: Candidate[] = [];
  /** There is no slot, whoever comes. */
  #resting = false;
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
    if (known !== undefined) return this.#move(known, node);
    const { ip } = node.endpoint;
    if (!this.hasRoomFor(ip)) return 'group-full';
    if (this.#dynamic.length >= CAPACITY && !this.#makeRoom(ip)) return 'full';
    this.#everOffered++;
    const candidate = newCandidate(nowMs, node, this.#crowds.add(ip), this.#dynamic.length);
    this.#dynamic.push(candidate);
    this.#candidates.set(node.nodeId, candidate);
    if (this.#resting) return undefined;
    if (this.#fresh.length < MAX_FRESH) this.#fresh.push(candidate);
    else this.#changed = true;
    return undefined;
  }

  /** True if the subnets of `ip` leave room for one more node. */
  hasRoomFor(ip: string): boolean {
    if (this.#crowds.wide(ip) < CAPACITY_G16 && this.#crowds.near(ip) < CAPACITY_G24) return true;
    return !groupLimitsApply(ip, this.#loopbackRoutable);
  }

  /** Adds a node that is dialed now and again for ever, or moves it to a new endpoint. */
  addStatic(nowMs: number, node: DialNode): CandidateRefusal | undefined {
    if (node.endpoint.tcpPort === 0) return 'no-tcp-port';
    const known = this.#candidates.get(node.nodeId);
    const wasStatic = this.isStatic(node.nodeId);
    if (!wasStatic && this.#candidates.size - this.#dynamic.length >= STATIC_CAPACITY) return 'full';
    this.remove(node.nodeId);
    this.#changed = true;
    const candidate = newCandidate(nowMs, node, undefined, -1);
    candidate.phase = known?.phase ?? 'waiting';
    this.#candidates.set(node.nodeId, candidate);
    return undefined;
  }

  /** Forgets a node; false if it was not there. */
  remove(id: NodeId): boolean {
    const known = this.#candidates.get(id);
    if (known?.crowd !== undefined) {
      this.#setAttempts(known, 0);
      this.#crowds.remove(known.node.endpoint.ip);
      const last = this.#dynamic.pop();
      if (last !== undefined && last !== known) {
        this.#dynamic[known.place] = last;
        last.place = known.place;
      }
    }
    return this.#candidates.delete(id);
  }

  has(id: NodeId): boolean {
    return this.#candidates.has(id);
  }

  isStatic(id: NodeId): boolean {
    const known = this.#candidates.get(id);
    return known !== undefined && isStatic(known);
  }

  /** When a waiting node may be dialed next; undefined if it is not a candidate or is connected. */
  nextDialMs(id: NodeId): number | undefined {
    const known = this.#candidates.get(id);
    return known?.phase === 'waiting' ? known.nextDialMs : undefined;
  }

  /** True if `due` may name others than the last time it was asked. */
  isChanged(nowMs: number): boolean {
    return this.#changed || this.#fresh.length > 0 || nowMs >= this.#wakeMs;
  }

  /** True if a static node is among them. */
  hasStatic(): boolean {
    return this.#candidates.size > this.#dynamic.length;
  }

  /** True if somebody might be dialed now. */
  hasDue(nowMs: number): boolean {
    return this.#dynamic.some(({ phase, nextDialMs }) => phase === 'waiting' && nextDialMs <= nowMs);
  }

  /** A dialed connection is over, or takes no slot any more: who waited for that may be due now. */
  slotFreed(): void {
    this.#changed = true;
  }

  /** There is no slot for anybody who is not static: nothing is due until one is free. */
  rest(): void {
    this.#resting = true;
    this.#changed = false;
    this.#fresh = [];
    this.#wakeMs = Number.POSITIVE_INFINITY;
  }

  /**
   * Nodes whose time has come: static ones first, then those waiting longest. Those whom it named before are named again
   * when a slot was freed since; until then they would find no more room than they did.
   */
  due(nowMs: number): DialNode[] {
    const all = this.#changed || nowMs >= this.#wakeMs;
    const looked = all
      ? this.#candidates.values()
      : this.#fresh.filter((one) => this.#candidates.get(one.node.nodeId) === one);
    if (all) this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#resting = false;
    this.#changed = false;
    this.#fresh = [];
    const due: Candidate[] = []; // BOUNDED: by the candidates
    for (const candidate of looked) {
      if (candidate.phase !== 'waiting') continue;
      if (candidate.nextDialMs > nowMs) this.#wakeMs = Math.min(this.#wakeMs, candidate.nextDialMs);
      else due.push(candidate);
    }
    return due
      .sort((a, b) => Number(isStatic(b)) - Number(isStatic(a)) || a.nextDialMs - b.nextDialMs)
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
    known.phase = 'waiting';
    known.silent = silent;
    this.#setAttempts(known, wasPeer ? 0 : known.attempts + 1);
    if (!isStatic(known) && known.attempts > MAX_ATTEMPTS) this.remove(id);
    else this.postpone(nowMs, id, this.#delayMs(known, backOffMs));
  }

  /** The network was cut and is back: whoever did not answer meanwhile is dialed as if for the first time, each at its own moment. */
  forgiveSilence(nowMs: number): void {
    for (const candidate of this.#candidates.values()) {
      if (!candidate.silent || candidate.phase === 'busy') continue;
      candidate.silent = false;
      this.#setAttempts(candidate, 0);
      candidate.nextDialMs = Math.min(candidate.nextDialMs, nowMs + this.#random.float() * FORGIVEN_MS);
    }
    this.#changed = true;
  }

  #delayMs(candidate: Candidate, backOffMs: number): number {
    const local = !this.#loopbackRoutable && ipScope(candidate.node.endpoint.ip) !== 'public';
    const growth = 2 ** Math.min(10, Math.max(0, candidate.attempts - 1));
    const jitter = 1 + this.#random.float() / 5;
    if (local && (isStatic(candidate) || backOffMs < INCOMPATIBLE_MS)) {
      return Math.min(LOCAL_MAX_MS, LOCAL_HISTORY_MS * growth) * jitter;
    }
    if (isStatic(candidate)) return Math.min(STATIC_MAX_MS, STATIC_FIRST_MS * growth) * jitter;
    return Math.max(backOffMs, Math.min(MAX_BACK_OFF_MS, HISTORY_MS * growth)) * jitter;
  }

  #setAttempts(candidate: Candidate, attempts: number): void {
    if (!isStatic(candidate)) this.#failing += Number(attempts > 0) - Number(candidate.attempts > 0);
    candidate.attempts = attempts;
  }

  #move(candidate: Candidate, node: DialNode): CandidateRefusal | undefined {
    if (isStatic(candidate)) return undefined;
    const { ip } = candidate.node.endpoint;
    if (node.endpoint.ip !== ip) {
      this.#crowds.remove(ip);
      const fits = this.hasRoomFor(node.endpoint.ip);
      candidate.crowd = this.#crowds.add(fits ? node.endpoint.ip : ip);
      if (!fits) return 'group-full';
      this.#changed = true;
    }
    candidate.node = node;
    return undefined;
  }

  /**
   * Makes room by the waiting dynamic node with the most failures. If none has failed, by a random one of the /16 that
   * has most: whoever accepts every dial never fails, and would stay for ever. False if the /16 of `ip` has as many.
   */
  #makeRoom(ip: string): boolean {
    const victim = this.#worst() ?? this.#ofMostCrowded(this.#crowds.wide(ip) + 1);
    return victim !== undefined && this.remove(victim.node.nodeId);
  }

  #worst(): Candidate | undefined {
    if (this.#failing === 0) return undefined;
    let worst: Candidate | undefined;
    for (const candidate of this.#dynamic) {
      if (candidate.attempts > (worst?.attempts ?? 0) && candidate.phase === 'waiting') worst = candidate;
    }
    return worst;
  }

  /** The first one from a random place on of the /16 that has most, if that are so many at least. */
  #ofMostCrowded(least: number): Candidate | undefined {
    const largest = this.#crowds.largest();
    if (largest < least) return undefined;
    const from = this.#random.below(this.#dynamic.length);
    let [found, most] = [undefined as Candidate | undefined, least - 1];
    for (let i = 0; i < this.#dynamic.length && most < largest; i++) {
      const candidate = this.#dynamic[(from + i) % this.#dynamic.length];
      const size = candidate?.crowd?.size ?? 0;
      if (size > most && candidate?.phase === 'waiting') [found, most] = [candidate, size];
    }
    return found;
  }
}

function newCandidate(nextDialMs: number, node: DialNode, crowd: Crowd | undefined, place: number): Candidate {
  return { node, crowd, place, attempts: 0, nextDialMs, phase: 'waiting', silent: false };
}

const isStatic = ({ crowd }: Candidate): boolean => crowd === undefined;
