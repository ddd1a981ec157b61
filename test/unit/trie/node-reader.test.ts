import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { encodeRlp, type RlpEncodable } from '../../../src/codec/rlp-writer.js';
import { decodeNode } from '../../../src/trie/node-reader.js';
import { NodeWriter } from '../../../src/trie/node-writer.js';
import { expectWholeOnly } from '../../support/truncations.js';

const REF = new Uint8Array(32);
const NONE = new Uint8Array(0);
const HASH = new Uint8Array(32).fill(0xab);
const LEAF = [Uint8Array.of(0x20, 0x12), Uint8Array.of(5)];
const BRANCH = [HASH, LEAF, ...new Array<Uint8Array>(14).fill(NONE), Uint8Array.of(7)];

describe('decodeNode', () => {
  const valid: [name: string, item: RlpEncodable][] = [
    ['a leaf', LEAF],
    ['a leaf with an empty path', [Uint8Array.of(0x20), HASH]],
    ['a leaf with a long value', [Uint8Array.of(0x31), new Uint8Array(70_000)]],
    ['an extension by hash', [Uint8Array.of(0x00, 0x12), HASH]],
    ['an extension to an embedded branch', [Uint8Array.of(0x11), [...new Array<RlpEncodable>(16).fill(NONE), NONE]]],
    ['a branch', BRANCH],
    ['a branch without a value', [...BRANCH.slice(0, 16), NONE]],
  ];
  it.each(valid)('reads %s as it is written', (_, item) => {
    const raw = encodeRlp(item);
    expect(Buffer.from(new NodeWriter().encode(decodeNode(raw, REF)))).toEqual(Buffer.from(raw));
  });

  it('refuses a node truncated anywhere or followed by anything', () => {
    expectWholeOnly(encodeRlp(BRANCH), (raw) => decodeNode(raw, REF));
  });

  const invalid: [name: string, item: RlpEncodable][] = [
    ['bytes', HASH],
    ['one item', [HASH]],
    ['three items', [HASH, HASH, HASH]],
    ['eighteen items', [...BRANCH, NONE]],
    ['a hash of 31 bytes', [HASH.subarray(1), ...BRANCH.slice(1)]],
    ['a hash of 33 bytes', [new Uint8Array(33), ...BRANCH.slice(1)]],
    ['an extension to nothing', [Uint8Array.of(0x11), NONE]],
    ['an extension without a path', [Uint8Array.of(0x00), HASH]],
    ['an embedded node of 32 bytes', [[Uint8Array.of(0x20), new Uint8Array(29)], ...BRANCH.slice(1)]],
  ];
  it.each(invalid)('refuses %s', (_, item) => {
    expect(() => decodeNode(encodeRlp(item), REF)).toThrow(DecodeError);
  });
});
