import { expect, it } from 'vitest';
import type { Hash32, Hex, NodeId, PublicKey } from '../../src/base/brand.js';
import { fromHex } from '../../src/base/hex.js';
import { nodeIdOf } from '../../src/crypto/address.js';
import { secp256k1Scheme } from '../../src/crypto/identity.js';
import { findNode } from '../../src/wire/discv4/find-node.js';
import { neighbors } from '../../src/wire/discv4/neighbors.js';
import { openPacket, signerOf } from '../../src/wire/discv4/packet.js';
import { ping } from '../../src/wire/discv4/ping.js';
import { pong } from '../../src/wire/discv4/pong.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface EndpointFields {
  readonly ip: string;
  readonly udp: number;
  readonly tcp: number;
}

interface PacketVectors {
  readonly publicKey: PublicKey;
  readonly nodeId: NodeId;
  readonly packets: readonly PacketVector[];
}

interface PacketVector {
  readonly name: string;
  readonly type: string;
  readonly typeByte: number;
  readonly packet: Hex;
  readonly hash: Hash32;
  readonly decoded: {
    readonly from?: EndpointFields;
    readonly to?: EndpointFields;
    readonly pingHash?: Hash32;
    readonly target?: PublicKey;
    readonly nodes?: readonly (EndpointFields & { readonly id: PublicKey })[];
    readonly expiration: number;
  };
}

const endpoint = (fields: EndpointFields | undefined) => ({
  ip: fields?.ip,
  udpPort: fields?.udp,
  tcpPort: fields?.tcp,
});

function decode({ type, decoded }: PacketVector, data: Uint8Array): void {
  const { expiration } = decoded;
  switch (type) {
    case 'ping':
      expect(ping.decode(data)).toMatchObject({
        from: endpoint(decoded.from),
        to: endpoint(decoded.to),
        expiration,
      });
      return;
    case 'pong':
      expect(pong.decode(data)).toMatchObject({
        to: endpoint(decoded.to),
        pingHash: decoded.pingHash,
        expiration,
        enrSeq: undefined,
      });
      return;
    case 'findnode':
      expect(findNode.decode(data)).toEqual({ target: decoded.target, expiration });
      return;
    case 'neighbours':
      expect(neighbors.decode(data)).toEqual({
        nodes: decoded.nodes?.map((node) => ({ endpoint: endpoint(node), publicKey: node.id })),
        expiration,
      });
      return;
    default:
      throw new Error(`unknown packet type ${type}`);
  }
}

describeVectors('discv4/eip8_packets.json', () => {
  const file = 'discv4/eip8_packets.json';
  const vectors = readVector<PacketVectors>(file);

  it('holds every case that the manifest lists', () => expect(vectors.packets).toHaveLength(expectedCases(file)));

  it.each(vectors.packets.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const packet = openPacket(fromHex(vector.packet));
    expect(packet.hash).toBe(vector.hash);
    expect(packet.type).toBe(vector.typeByte);
    const signer = signerOf(secp256k1Scheme, packet);
    expect(signer).toBe(vectors.publicKey);
    if (signer !== undefined) expect(nodeIdOf(signer)).toBe(vectors.nodeId);
    decode(vector, packet.data);
    passed('discv4', vector.name);
  });

  it.each([
    ['ping-v4-plain', undefined],
    ['ping-v4-extra', 1n],
    ['ping-v555-extra-trailing', undefined],
  ])('%s has enr-seq %s', (name, seq) => {
    const vector = vectors.packets.find((each) => each.name === name);
    expect(vector && ping.decode(openPacket(fromHex(vector.packet)).data).enrSeq).toBe(seq);
  });
});
