import { rlpNumber } from '../../codec/rlp-writer.js';
import { encodeFields, openFields, readExpiration } from './fields.js';
import type { PacketCodec } from './message.js';
import { type Neighbor, neighborItem, readNeighbor } from './neighbor.js';

/** Nodes close to what was asked for. */
export interface Neighbors {
  readonly nodes: readonly Neighbor[];
  /** Seconds since 1970. */
  readonly expiration: number;
}

/** Nodes that fit one packet even if all have IPv6 addresses: 12 * 92 + 113 <= 1280. */
export const MAX_NEIGHBORS_PER_PACKET = 12;
/** Nodes read from one packet: what a whole answer may hold. */
const MAX_NODES = 16;

/** Neighbors (devp2p discv4.md, Neighbors Packet). Key and address of a node are not looked at beyond their length. */
export const neighbors: PacketCodec<Neighbors> = {
  name: 'Neighbors',
  type: 0x04,
  encode: ({ nodes, expiration }) => encodeFields([encodeFields(nodes.map(neighborItem)), rlpNumber(expiration)]),
  decode(data) {
    const fields = openFields(data);
    return { nodes: fields.listOf(MAX_NODES, readNeighbor), expiration: readExpiration(fields) };
  },
};
