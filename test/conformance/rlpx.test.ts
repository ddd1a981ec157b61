import { expect, it } from 'vitest';
import type { Hex, PublicKey } from '../../src/base/brand.js';
import { fromHex, toHex } from '../../src/base/hex.js';
import { createIdentity } from '../../src/crypto/identity.js';
import { hello } from '../../src/wire/p2p/hello.js';
import { openAck, openAuth, packetLength } from '../../src/wire/rlpx/handshake.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface HandshakeVectors {
  readonly staticKeyA: Hex;
  readonly staticKeyB: Hex;
  readonly nonceA: Hex;
  readonly nonceB: Hex;
  readonly staticPublicKeyA: PublicKey;
  readonly ephemeralPublicKeyA: PublicKey;
  readonly ephemeralPublicKeyB: PublicKey;
  readonly packets: readonly {
    readonly name: string;
    readonly message: 'auth' | 'ack';
    readonly format: 'pre-EIP-8' | 'EIP-8';
    readonly packet: Hex;
  }[];
}

interface HelloVector {
  readonly payload: Hex;
  readonly decoded: {
    readonly version: number;
    readonly clientId: string;
    readonly capabilities: readonly { readonly name: string; readonly version: number }[];
    readonly listenPort: number;
    readonly nodePublicKey: PublicKey;
  };
}

describeVectors('rlpx/eip8_handshake.json', () => {
  const file = 'rlpx/eip8_handshake.json';
  const vectors = readVector<HandshakeVectors>(file);

  it('holds every case that the manifest lists', () => expect(vectors.packets).toHaveLength(expectedCases(file)));

  it.each(vectors.packets.map((each) => [each.name, each] as const))('%s', (name, { message, format, packet }) => {
    const bytes = fromHex(packet);
    if (format === 'pre-EIP-8') {
      expect(() => packetLength(bytes, bytes[2] as number)).toThrow('not an EIP-8 handshake');
      passed('rlpx', name);
      return;
    }
    expect(packetLength(bytes, bytes[2] as number)).toBe(bytes.length - 2);
    if (message === 'auth') {
      const auth = openAuth(createIdentity(fromHex(vectors.staticKeyB)), bytes);
      expect(auth.publicKey).toBe(vectors.staticPublicKeyA);
      expect(auth.ephemeralKey).toBe(vectors.ephemeralPublicKeyA);
      expect(toHex(auth.nonce)).toBe(vectors.nonceA);
    } else {
      const ack = openAck(createIdentity(fromHex(vectors.staticKeyA)), bytes);
      expect(ack.ephemeralKey).toBe(vectors.ephemeralPublicKeyB);
      expect(toHex(ack.nonce)).toBe(vectors.nonceB);
    }
    passed('rlpx', name);
  });
});

describeVectors('rlpx/eip8_hello.json', () => {
  const file = 'rlpx/eip8_hello.json';

  it('ignores unknown fields and keeps the known ones', () => {
    expect(expectedCases(file)).toBe(1);
    const { payload, decoded } = readVector<HelloVector>(file);
    expect(hello.decode(fromHex(payload))).toEqual({
      p2pVersion: decoded.version,
      clientId: decoded.clientId,
      capabilities: decoded.capabilities,
      listenPort: decoded.listenPort,
      publicKey: decoded.nodePublicKey,
    });
    passed('rlpx', 'hello');
  });
});
