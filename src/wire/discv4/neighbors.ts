import type { PublicKey } from '../../base/brand.js';
import { fromHex, toPublicKey } from '../../base/hex.js';
import { encodeRlp } from '../../codec/rlp-writer.js';
import { endpointItem, openFields, readEndpointItems, readExpiration, type StatedEndpoint } from './fields.js';
import type { PacketCodec } from './message.js';

/** A node as another one tells of it: hearsay. */
export interface Neighbor extends StatedEndpoint {
  readonly publicKey: PublicKey;
}

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
  encode: ({ nodes, expiration }) =>
    encodeRlp([nodes.map((node) => [...endpointItem(node), fromHex(node.publicKey)]), expiration]),
  decode(data) {
    const fields = openFields(data);
    return {
      nodes: fields.listOf(MAX_NODES, (list) => {
        const items = list.list();
        return { ...readEndpointItems(items), publicKey: toPublicKey(items.fixed(64)) };
      }),
      expiration: readExpiration(fields),
    };
  },
};
