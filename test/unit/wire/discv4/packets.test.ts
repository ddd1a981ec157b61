import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../src/base/bytes.js';
import { toHash32, toPublicKey } from '../../../../src/base/hex.js';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import { encodeRlp } from '../../../../src/codec/rlp-writer.js';
import { enrRequest } from '../../../../src/wire/discv4/enr-request.js';
import { enrResponse } from '../../../../src/wire/discv4/enr-response.js';
import { findNode } from '../../../../src/wire/discv4/find-node.js';
import type { PacketCodec } from '../../../../src/wire/discv4/message.js';
import { MAX_NEIGHBORS_PER_PACKET, neighbors } from '../../../../src/wire/discv4/neighbors.js';
import {
  MAX_PACKET_BYTES,
  MIN_PACKET_BYTES,
  openPacket,
  sealPacket,
  signerOf,
} from '../../../../src/wire/discv4/packet.js';
import { ping } from '../../../../src/wire/discv4/ping.js';
import { pong } from '../../../../src/wire/discv4/pong.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';

const v4 = { ip: '1.2.3.4', udpPort: 30303, tcpPort: 30304 };
const v6 = { ip: '2600::1:2', udpPort: 1, tcpPort: 0 };
const expiration = 1_700_000_000;
const hash = toHash32(new Uint8Array(32).fill(9));
const publicKey = toPublicKey(new Uint8Array(64).fill(5));

interface Case {
  readonly name: string;
  readonly codec: PacketCodec<unknown>;
  readonly message: unknown;
}

/** Loses the message type, so that cases of all kinds fit one table. */
const packet = <T>(name: string, codec: PacketCodec<T>, message: T): Case => ({
  name,
  codec: codec as PacketCodec<unknown>,
  message,
});

const cases: readonly Case[] = [
  packet('Ping', ping, { from: v4, to: v6, expiration, enrSeq: 300n }),
  packet('Ping without enr-seq', ping, { from: v6, to: v4, expiration, enrSeq: undefined }),
  packet('Ping without addresses', ping, {
    from: { ...v4, ip: undefined },
    to: { ...v6, ip: undefined },
    expiration,
    enrSeq: 0n,
  }),
  packet('Pong', pong, { to: v4, pingHash: hash, expiration, enrSeq: 2n ** 64n - 1n }),
  packet('FindNode', findNode, { target: publicKey, expiration }),
  packet('Neighbors', neighbors, {
    nodes: [
      { endpoint: v4, publicKey },
      { endpoint: v6, publicKey },
    ],
    expiration,
  }),
  packet('Neighbors without nodes', neighbors, { nodes: [], expiration }),
  packet('ENRRequest', enrRequest, { expiration }),
  packet('ENRResponse', enrResponse, { requestHash: hash, record: encodeRlp([1, 2, [3]]) }),
];

describe.each(cases)('$name', ({ codec, message }) => {
  const encoded = codec.encode(message);

  it('reads what it writes', () => expect(codec.decode(encoded)).toEqual(message));

  it('ignores what follows the list (EIP-8)', () => {
    expect(codec.decode(concatBytes(encoded, Uint8Array.of(1, 2, 3)))).toEqual(message);
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(() => codec.decode(encoded.subarray(0, length))).toThrow(DecodeError);
    }
  });

  it('throws nothing but DecodeError on any input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
        try {
          codec.decode(input);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

describe('enr-seq', () => {
  const cases: [name: string, item: Parameters<typeof encodeRlp>[0], seq: bigint | undefined][] = [
    ['a number', 5, 5n],
    ['zero', 0, 0n],
    ['a list', [1, 2], undefined],
    ['a number with a leading zero', Uint8Array.of(0, 5), undefined],
    ['a number of nine bytes', new Uint8Array(9).fill(1), undefined],
  ];
  it.each(cases)('in a ping: %s', (_, item, seq) => {
    const data = encodeRlp([4, [Uint8Array.of(1, 2, 3, 4), 1, 2], [Uint8Array.of(1, 2, 3, 4), 1, 2], expiration, item]);
    expect(ping.decode(data).enrSeq).toBe(seq);
  });
});

describe('packet', () => {
  const identity = fakeIdentity('x');
  const { datagram } = sealPacket(identity, ping.type, ping.encode({ from: v4, to: v6, expiration, enrSeq: 1n }));

  it('opens what was sealed, and names its signer', () => {
    const opened = openPacket(datagram);
    expect(opened.type).toBe(ping.type);
    expect(signerOf(fakeScheme, opened)).toBe(identity.publicKey);
  });

  it('refuses any change of any byte, before looking at the signature', () => {
    for (let i = 0; i < datagram.length; i++) {
      const changed = datagram.map((byte, at) => (at === i ? byte ^ 0x80 : byte));
      expect(() => openPacket(changed)).toThrow(DecodeError);
    }
  });

  it.each([0, MIN_PACKET_BYTES - 1, MAX_PACKET_BYTES + 1])('refuses %i bytes', (length) => {
    expect(() => openPacket(new Uint8Array(length))).toThrow('bad-length');
  });

  it('holds a full packet of neighbours with IPv6 addresses', () => {
    const nodes = Array.from({ length: MAX_NEIGHBORS_PER_PACKET }, () => ({
      endpoint: { ip: '2600:1111:2222:3333:4444:5555:6666:7777', udpPort: 65535, tcpPort: 65535 },
      publicKey,
    }));
    const sealed = sealPacket(identity, neighbors.type, neighbors.encode({ nodes, expiration: 2 ** 32 - 1 }));
    expect(sealed.datagram.length).toBeLessThanOrEqual(MAX_PACKET_BYTES);
  });
});
