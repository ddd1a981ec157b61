import { BoundedMap } from '../../base/bounded.js';
import type { NodeId, PublicKey } from '../../base/brand.js';
import { type Endpoint, withTcpPort } from '../../types/endpoint.js';
import type { Enr } from '../../types/enr.js';
import type { NodeRecord } from './discovery.js';
import type { NodeRecords } from './node-records.js';

/** A node's record is asked for this often at most, however often it claims a new one (A12). */
export const ENR_INTERVAL_MS = 60_000;
/** A node that did not change is reported again after this. */
export const REPORT_INTERVAL_MS = 60_000;
/** Nodes remembered: several tables full. The one reported longest ago goes first. */
const MAX_KNOWN = 2048;

/** Before all times, and a small integer. */
const NEVER = -(2 ** 30);

interface Facts {
  enr: Enr | undefined;
  /** Where its last ping came from, with the TCP port that it stated there. */
  pinged: Endpoint | undefined;
  /** The highest sequence number that the node has stated. */
  statedSeq: bigint;
  /** Both in whole seconds: small integers need no memory of their own. */
  enrRequestedAtS: number;
  reportedAtS: number;
  /** What was reported last. */
  reported: NodeRecord | undefined;
}

/** The TCP port of a node at `ip` by the user's word or our own experience; undefined if they say nothing of it. */
export type GivenPort = (publicKey: PublicKey, ip: string) => number | undefined;

/** What nodes have stated about themselves, whether they are in the table or not. */
export class KnownNodes {
  readonly #records: NodeRecords;
  readonly #givenPort: GivenPort;
  readonly #facts = new BoundedMap<NodeId, Facts>(MAX_KNOWN);

  constructor(records: NodeRecords, givenPort: GivenPort = () => undefined) {
    this.#records = records;
    this.#givenPort = givenPort;
  }

  /**
   * The record with what we know beside it: the ENR, and the TCP port that the node stated for the proven address, in the
   * ENR or else in a ping. The object that was reported last, if that says the same.
   */
  complete(record: NodeRecord): NodeRecord {
    const facts = this.#facts.peek(record.nodeId);
    const { publicKey, endpoint } = record;
    const tcpPort = this.#toldPort(record);
    const isRight = tcpPort === undefined || tcpPort === endpoint.tcpPort;
    const told = isRight ? record : this.#records.of(publicKey, withTcpPort(endpoint, tcpPort));
    const enr = facts?.enr ?? record.enr;
    const completed = enr === undefined ? told : this.#records.withEnr(told, enr);
    return facts?.reported !== undefined && saysTheSame(facts.reported, completed) ? facts.reported : completed;
  }

  /**
   * True if the TCP port of a completed record is the node's own word, or was given to us. Its answers prove all of its
   * endpoint but that: whoever told us of it can have made it up.
   */
  hasOwnPort(record: NodeRecord): boolean {
    const enr = this.#facts.peek(record.nodeId)?.enr ?? record.enr;
    return enr?.endpoint?.ip === record.endpoint.ip || this.#toldPort(record) !== undefined;
  }

  /** The node has pinged us from its proven endpoint; the TCP port is what it stated. */
  pinged(record: NodeRecord): void {
    this.#factsOf(record.nodeId).pinged = record.endpoint;
  }

  /** The newest record that came. */
  enrOf(nodeId: NodeId): Enr | undefined {
    return this.#facts.peek(nodeId)?.enr;
  }

  /** The node says that its record has this number. */
  stated(nodeId: NodeId, enrSeq: bigint | undefined): void {
    const facts = this.#factsOf(nodeId);
    if (enrSeq !== undefined && enrSeq > facts.statedSeq) facts.statedSeq = enrSeq;
  }

  /** True, and counted as asked, if the node stated a record newer than ours and may be asked for it now. */
  takeEnrRequest(nowMs: number, nodeId: NodeId): boolean {
    const facts = this.#factsOf(nodeId);
    if (facts.statedSeq <= (facts.enr?.seq ?? 0n)) return false;
    const nowS = Math.floor(nowMs / 1000);
    if (1000 * (nowS - facts.enrRequestedAtS) < ENR_INTERVAL_MS) return false;
    facts.enrRequestedAtS = nowS;
    return true;
  }

  /** Keeps a verified record of the node's; false if ours is at least as new. */
  learn(enr: Enr): boolean {
    const facts = this.#factsOf(enr.nodeId);
    if (facts.enr !== undefined && enr.seq <= facts.enr.seq) return false;
    facts.enr = enr;
    return true;
  }

  /** True, and counted as reported and heard of, if the node is new, has changed, or was reported long ago. */
  takeReport(nowMs: number, record: NodeRecord): boolean {
    const facts = this.#factsOf(record.nodeId);
    const changed = facts.reported === undefined || !saysTheSame(facts.reported, record);
    const nowS = Math.floor(nowMs / 1000);
    if (!changed && 1000 * (nowS - facts.reportedAtS) < REPORT_INTERVAL_MS) return false;
    this.#facts.get(record.nodeId);
    facts.reported = record;
    facts.reportedAtS = nowS;
    return true;
  }

  #toldPort({ publicKey, nodeId, endpoint: { ip } }: NodeRecord): number | undefined {
    const pinged = this.#facts.peek(nodeId)?.pinged;
    return pinged?.ip === ip ? pinged.tcpPort : this.#givenPort(publicKey, ip);
  }

  #factsOf(nodeId: NodeId): Facts {
    const known = this.#facts.peek(nodeId);
    if (known !== undefined) return known;
    const never = { enrRequestedAtS: NEVER, reportedAtS: NEVER };
    const facts = { enr: undefined, pinged: undefined, statedSeq: 0n, ...never, reported: undefined };
    this.#facts.set(nodeId, facts);
    return facts;
  }
}

function saysTheSame(a: NodeRecord, b: NodeRecord): boolean {
  if (a === b) return true;
  const { ip, udpPort, tcpPort } = a.endpoint;
  const isAt = ip === b.endpoint.ip && udpPort === b.endpoint.udpPort && tcpPort === b.endpoint.tcpPort;
  return isAt && a.enr?.seq === b.enr?.seq;
}
