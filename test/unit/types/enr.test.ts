import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { encodeRlp, rlpBytes } from '../../../src/codec/rlp-writer.js';
import { createIdentity, secp256k1Scheme } from '../../../src/crypto/identity.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import { decodeEnr, formatEnr, parseEnr, readEnr, signEnr } from '../../../src/types/enr.js';
import { endpointPairs, forkIdOf, forkIdPair } from '../../../src/types/enr-pairs.js';
import { uint } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const IDENTITY = createIdentity(new Uint8Array(32).fill(9));
const FORK_ID = { hash: Uint8Array.of(1, 2, 3, 4), next: 5n };
const ENDPOINT = { ip: '10.1.2.3', tcpPort: 30303, udpPort: 30304 };
const RECORD = signEnr(IDENTITY, 7n, new Map([...endpointPairs(ENDPOINT), forkIdPair(FORK_ID)]));

const decode = (bytes: Uint8Array) => decodeEnr(bytes, secp256k1Scheme);

describe('node record', () => {
  beforeAll(async () => {
    await selectCrypto();
  });

  it('says what was signed, in bytes and in text', () => {
    expect(decode(RECORD.raw)).toEqual(RECORD);
    expect(parseEnr(formatEnr(RECORD), secp256k1Scheme)).toEqual(RECORD);
    const { seq, endpoint, nodeId, publicKey, pairs } = RECORD;
    expect({ seq, endpoint, nodeId, publicKey }).toEqual({
      seq: 7n,
      endpoint: ENDPOINT,
      nodeId: IDENTITY.nodeId,
      publicKey: IDENTITY.publicKey,
    });
    expect([...pairs.keys()]).toEqual(['eth', 'id', 'ip', 'secp256k1', 'tcp', 'udp']);
    expect(forkIdOf(pairs)).toEqual(FORK_ID);
  });

  it('is decoded to what was signed, whatever the pairs', () => {
    const pairs = fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), fc.uint8Array({ maxLength: 12 }), { maxKeys: 4 });
    fc.assert(
      fc.property(uint(64), pairs, (seq, extra) => {
        const record = signEnr(IDENTITY, seq, new Map(Object.entries(extra).map(([key, v]) => [key, rlpBytes(v)])));
        expect(decode(record.raw)).toEqual(record);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused truncated anywhere or followed by anything', () => {
    expectWholeOnly(RECORD.raw, decode);
  });

  it('is refused with any byte changed', () => {
    for (let i = 0; i < RECORD.raw.length; i++) {
      const bytes = Uint8Array.from(RECORD.raw);
      bytes[i] = (bytes[i] as number) ^ 1;
      expect(() => decode(bytes), `byte ${i}`).toThrow(DecodeError);
    }
  });

  const signature = new Uint8Array(64);
  it.each([
    ['keys out of order', encodeRlp([signature, 1n, Buffer.from('b'), 1n, Buffer.from('a'), 1n])],
    ['a key twice', encodeRlp([signature, 1n, Buffer.from('a'), 1n, Buffer.from('a'), 1n])],
    ['a key without a value', encodeRlp([signature, 1n, Buffer.from('a')])],
    ['a sequence number of 9 bytes', encodeRlp([signature, 2n ** 64n])],
    ['301 bytes', encodeRlp([signature, 1n, Buffer.from('a'), new Uint8Array(228)])],
  ])('with %s has not the shape of one', (_, bytes) => expect(() => readEnr(bytes)).toThrow(DecodeError));

  it('has the shape of one with 300 bytes', () => {
    const bytes = encodeRlp([signature, 1n, Buffer.from('a'), new Uint8Array(227)]);
    expect(bytes).toHaveLength(300);
    expect(() => readEnr(bytes)).not.toThrow();
  });

  it.each([
    ['padding', `${formatEnr(RECORD)}=`],
    ['a blank', `${formatEnr(RECORD)} `],
    ['no prefix', formatEnr(RECORD).slice(4)],
    ['far too many characters', `enr:${'A'.repeat(1000)}`],
  ])('with %s in its text is refused', (_, text) => expect(() => parseEnr(text, secp256k1Scheme)).toThrow(DecodeError));

  it('of an IPv6 node falls back to the ports that it names for IPv4 (EIP-778)', () => {
    const pairs = new Map([
      ...endpointPairs({ ip: '2001:db8::1', tcpPort: 5, udpPort: 0 }),
      ['udp', rlpBytes(Uint8Array.of(9))] as const,
    ]);
    expect(signEnr(IDENTITY, 1n, pairs).endpoint).toEqual({ ip: '2001:db8::1', tcpPort: 5, udpPort: 9 });
  });

  it('without an address has no endpoint', () => {
    expect(signEnr(IDENTITY, 1n, new Map()).endpoint).toBeUndefined();
  });
});
