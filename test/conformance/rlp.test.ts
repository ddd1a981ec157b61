import { expect, it } from 'vitest';
import { decodeRlp, type RlpItem } from '../../src/codec/rlp-reader.js';
import { encodeRlp, type RlpEncodable } from '../../src/codec/rlp-writer.js';
import { passed } from '../support/suites/passed.js';
import { expectedCases, readVector } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';

type Json = string | number | Json[];
type Cases = Readonly<Record<string, { readonly in: Json; readonly out: string }>>;

const fromText = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/^0x/, ''), 'hex'));
const toText = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

/** `#1234` is a decimal integer, any other string its own bytes. */
function toEncodable(json: Json): RlpEncodable {
  if (Array.isArray(json)) return json.map(toEncodable);
  if (typeof json === 'number') return json;
  return json.startsWith('#') ? BigInt(json.slice(1)) : Uint8Array.from(Buffer.from(json, 'latin1'));
}

/** Lists of bytes, integers too: what the decoder is to give. */
function toItem(value: RlpEncodable): unknown {
  if (value instanceof Uint8Array) return toText(value);
  if (typeof value === 'object') return value.map(toItem);
  const digits = value.toString(16);
  return value === 0 || value === 0n ? '0x' : `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}

const textOf = (item: RlpItem): unknown => (item instanceof Uint8Array ? toText(item) : item.map(textOf));

describeVectors('rlp/rlptest.json', () => {
  const cases = Object.entries(readVector<Cases>('rlp/rlptest.json'));
  it('has all its cases', () => expect(cases.length).toBe(expectedCases('rlp/rlptest.json')));
  it.each(cases)('%s', (name, { in: value, out }) => {
    const encodable = toEncodable(value);
    expect(toText(encodeRlp(encodable))).toBe(out.toLowerCase());
    expect(textOf(decodeRlp(fromText(out)))).toEqual(toItem(encodable));
    passed('rlp', name);
  });
});

for (const file of ['rlp/invalidRLPTest.json', 'rlp/random/example.json']) {
  describeVectors(file, () => {
    const cases = Object.entries(readVector<Cases>(file));
    it('has all its cases', () => expect(cases.length).toBe(expectedCases(file)));
    it.each(cases)('%s', (name, { in: verdict, out }) => {
      if (verdict === 'VALID') expect(toText(encodeRlp(decodeRlp(fromText(out))))).toBe(out);
      else expect(() => decodeRlp(fromText(out))).toThrow('rlp-');
      passed('rlp', `${file} ${name}`);
    });
  });
}
