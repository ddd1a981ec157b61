import { BoundedMap } from '../../base/bounded.js';
import type { PublicKey } from '../../base/brand.js';
import type { IdentityScheme } from '../../ports/identity.js';
import type { Endpoint } from '../../types/endpoint.js';
import type { Enr } from '../../types/enr.js';
import type { NodeRecord } from './discovery.js';

/** Keys whose records are kept: some for each node of a large network. Whoever pushes others out makes us hash their keys again. */
const MAX_KEYS = 16_384;

interface Known {
  /** Heard of last. */
  plain: NodeRecord;
  /** With its signed record; made from `plain` or one before it. */
  complete: NodeRecord | undefined;
}

/**
 * Records of nodes, one object for all who hold the same: lookups hear of the same nodes again and again, and who hosts
 * many nodes lets them share what they know of each other.
 */
export class NodeRecords {
  readonly #scheme: IdentityScheme;
  readonly #known: BoundedMap<PublicKey, Known>;

  constructor(scheme: IdentityScheme, capacity = MAX_KEYS) {
    this.#scheme = scheme;
    this.#known = new BoundedMap(capacity);
  }

  /** The node of `publicKey` at `endpoint`, without a signed record. */
  of(publicKey: PublicKey, endpoint: Endpoint): NodeRecord {
    const known = this.#known.peek(publicKey);
    if (known === undefined) {
      const record = { publicKey, nodeId: this.#scheme.nodeIdOf(publicKey), endpoint, enr: undefined };
      this.#known.set(publicKey, { plain: record, complete: undefined });
      return record;
    }
    const { plain } = known;
    if (!isSame(plain.endpoint, endpoint)) {
      known.plain = { publicKey: plain.publicKey, nodeId: plain.nodeId, endpoint, enr: undefined };
    }
    return known.plain;
  }

  /** The node with its signed record, and from that the TCP port if it is for the same address. */
  withEnr(record: NodeRecord, enr: Enr): NodeRecord {
    const { ip, udpPort } = record.endpoint;
    const tcpPort = enr.endpoint?.ip === ip ? enr.endpoint.tcpPort : record.endpoint.tcpPort;
    const known = this.#known.peek(record.publicKey);
    const complete = known?.complete;
    const isMade = complete?.enr === enr && isAt(complete.endpoint, ip, udpPort, tcpPort);
    if (complete !== undefined && isMade) return complete;
    const endpoint = tcpPort === record.endpoint.tcpPort ? record.endpoint : { ip, udpPort, tcpPort };
    const made = { publicKey: record.publicKey, nodeId: record.nodeId, endpoint, enr };
    if (known !== undefined) known.complete = made;
    return made;
  }
}

const isSame = (a: Endpoint, b: Endpoint): boolean => a === b || isAt(a, b.ip, b.udpPort, b.tcpPort);

const isAt = (endpoint: Endpoint, ip: string, udpPort: number, tcpPort: number): boolean =>
  endpoint.ip === ip && endpoint.udpPort === udpPort && endpoint.tcpPort === tcpPort;
