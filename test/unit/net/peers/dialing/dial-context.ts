import type { NodeId } from '../../../../../src/base/brand.js';
import { Conduct } from '../../../../../src/net/defense/conduct.js';
import { ConnectionTable } from '../../../../../src/net/peers/connection.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { DialCandidates } from '../../../../../src/net/peers/dialing/dial-candidates.js';
import { slotQuota } from '../../../../../src/net/peers/slots.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';

/** What a choice of dials depends on: nobody waits, nobody is connected, nobody has done anything, and all may be reached. */
export function dialContext({ maxPeers = 25, loopbackRoutable = false, localId = fakeIdentity('self').nodeId } = {}) {
  return {
    localId,
    candidates: new DialCandidates(seededRandom('candidates'), loopbackRoutable),
    connections: new ConnectionTable(),
    conduct: new Conduct(),
    trusted: new Set<NodeId>(),
    quota: slotQuota(maxPeers),
    mayReach: () => true,
    loopbackRoutable,
  };
}

/** A node of this name and address, with the usual ports. */
export function dialNode(name: string, ip: string): DialNode {
  const { nodeId, publicKey } = fakeIdentity(name);
  return { nodeId, publicKey, endpoint: { ip, tcpPort: 30303, udpPort: 30303 } };
}
