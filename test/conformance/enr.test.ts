import { expect, it } from 'vitest';
import { fromHex, parseHex, toHex } from '../../src/base/hex.js';
import { DecodeError } from '../../src/codec/decode-error.js';
import { rlpSequence } from '../../src/codec/rlp-reader.js';
import { rlpBytes } from '../../src/codec/rlp-writer.js';
import { createIdentity, secp256k1Scheme } from '../../src/crypto/identity.js';
import { decodeEnr, formatEnr, parseEnr, readEnr, signEnr } from '../../src/types/enr.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

interface Records {
  readonly valid: readonly {
    readonly name: string;
    readonly text: string;
    readonly rlp: string;
    readonly privateKey: string;
    readonly nodeId: string;
    readonly seq: number;
    readonly signature: string;
    readonly pairs: Readonly<Record<string, string>>;
    readonly ip: string;
    readonly udp: number;
  }[];
  readonly invalidText: readonly { readonly text: string; readonly reason: string }[];
  readonly rlpShape: readonly {
    readonly rlp: string;
    readonly shape: 'invalid' | 'complete';
    readonly reason: string;
  }[];
}

const FILE = 'enr/records.json';

const bytesOf = (hex: string): Uint8Array => fromHex(parseHex(hex) ?? expect.fail(`not hex: ${hex}`));

describeVectors(FILE, () => {
  const records = (): Records => readVector<Records>(FILE);

  it('has all its cases', () => {
    const { valid, invalidText, rlpShape } = records();
    expect(valid.length + invalidText.length + rlpShape.length).toBe(expectedCases(FILE));
  });

  it('reads the valid records', () => {
    for (const test of records().valid) {
      const enr = parseEnr(test.text, secp256k1Scheme);
      expect(toHex(enr.raw), test.name).toBe(test.rlp);
      expect(toHex(enr.signature)).toBe(test.signature);
      expect(enr.seq).toBe(BigInt(test.seq));
      expect(enr.nodeId).toBe(test.nodeId);
      expect(enr.endpoint).toEqual({ ip: test.ip, udpPort: test.udp, tcpPort: 0 });
      const pairs = [...enr.pairs].map(([key, value]) => [key, toHex(rlpSequence(value).bytes())]);
      expect(Object.fromEntries(pairs)).toEqual(test.pairs);
      expect(formatEnr(enr)).toBe(test.text);
    }
  });

  it('signs the same records', () => {
    for (const test of records().valid) {
      const pairs = Object.entries(test.pairs).map(([key, value]) => [key, rlpBytes(bytesOf(value))] as const);
      const enr = signEnr(createIdentity(bytesOf(test.privateKey)), BigInt(test.seq), new Map(pairs));
      expect(formatEnr(enr), test.name).toBe(test.text);
      passed('node-records', test.text);
    }
  });

  it('refuses the invalid texts', () => {
    for (const { text, reason } of records().invalidText) {
      expect(() => parseEnr(text, secp256k1Scheme), reason).toThrow(DecodeError);
      passed('node-records', text);
    }
  });

  it('tells a malformed record from one without a signer', () => {
    for (const { rlp, shape, reason } of records().rlpShape) {
      if (shape === 'invalid') expect(() => readEnr(bytesOf(rlp)), reason).toThrow(DecodeError);
      else expect(() => readEnr(bytesOf(rlp)), reason).not.toThrow();
      expect(() => decodeEnr(bytesOf(rlp), secp256k1Scheme), reason).toThrow(DecodeError);
      passed('node-records', rlp);
    }
  });
});
