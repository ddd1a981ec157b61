import type { NodeId } from '../../src/base/brand.js';
import { toHex, toNodeId, toPublicKey } from '../../src/base/hex.js';
import type { NodeRecord } from '../../src/net/discovery/discovery.js';
import { logDistance } from '../../src/types/distance.js';
import { seededRandom } from './seeded-random.js';

/** A node record that is a function of its arguments. */
export function nodeRecord(seed: number | string, ip = '1.2.3.4', udpPort = 30303): NodeRecord {
  const random = seededRandom(`record/${seed}`);
  return {
    publicKey: toPublicKey(random.bytes(64)),
    nodeId: toNodeId(random.bytes(32)),
    endpoint: { ip, udpPort, tcpPort: udpPort },
  };
}

/** A node id at exactly this log distance from `from`; `salt` chooses among them. */
export function idAtDistance(from: NodeId, distance: number, salt: number | string): NodeId {
  const bytes = Buffer.from(from.slice(2), 'hex');
  const noise = seededRandom(`id/${salt}`).bytes(32);
  const bit = distance - 1;
  const at = 31 - (bit >> 3);
  for (let i = at + 1; i < 32; i++) bytes[i] = noise[i] as number;
  const below = (1 << (bit & 7)) - 1;
  const flipped = (bytes[at] as number) ^ (1 << (bit & 7));
  bytes[at] = (flipped & ~below) | ((noise[at] as number) & below);
  const id = toNodeId(bytes);
  if (logDistance(from, id) !== distance) throw new Error(`${toHex(bytes)} is not at distance ${distance}`);
  return id;
}
