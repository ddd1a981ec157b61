import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHash32 } from '../../../src/base/hex.js';
import { DecodeError } from '../../../src/codec/decode-error.js';
import { rlpList } from '../../../src/codec/rlp-reader.js';
import { encodeRlp, encodeRlpList } from '../../../src/codec/rlp-writer.js';
import { keccak256 } from '../../../src/crypto/keccak.js';
import { decodeHeader, encodeHeader, type Header, sealHash, sealHeader } from '../../../src/types/header.js';
import { header } from '../../support/arbitraries.js';
import { expectWholeOnly } from '../../support/truncations.js';

const LONDON: Header = { ...fc.sample(header, { seed: 1, numRuns: 1 })[0], baseFeePerGas: 7n } as Header;

describe('header', () => {
  it('decodes to what was encoded, with its hash', () => {
    fc.assert(
      fc.property(header, (value) => {
        const sealed = sealHeader(value);
        expect(decodeHeader(sealed.raw)).toEqual(sealed);
        expect(sealed.hash).toBe(toHash32(keccak256(sealed.raw)));
      }),
    );
  });

  it('has 15 fields without and 16 with a base fee', () => {
    expect(rlpList(encodeHeader(LONDON)).count(99)).toBe(16);
    expect(rlpList(encodeHeader({ ...LONDON, baseFeePerGas: undefined })).count(99)).toBe(15);
  });

  it('is refused truncated anywhere or followed by anything', () => {
    expectWholeOnly(encodeHeader(LONDON), decodeHeader);
  });

  it('is refused with a seventeenth field', () => {
    const fields = rlpList(encodeHeader(LONDON));
    const items = Array.from({ length: 16 }, () => fields.raw());
    expect(() => decodeHeader(encodeRlpList([...items, encodeRlp(1n)]))).toThrow(DecodeError);
  });

  it('keeps no view of what it was decoded from', () => {
    const raw = encodeHeader(LONDON);
    const message = new Uint8Array([1, 2, 3, ...raw]);
    const sealed = decodeHeader(message.subarray(3));
    message.fill(0);
    expect(sealed.raw).toEqual(raw);
    expect(sealed.header.extraData).toEqual(LONDON.extraData);
  });

  it('seals everything but mix hash and nonce', () => {
    const other = fc.sample(header, { seed: 2, numRuns: 1 })[0] as Header;
    const digest = sealHash(LONDON);
    expect(sealHash({ ...LONDON, mixHash: other.mixHash, nonce: other.nonce })).toEqual(digest);
    for (const key of Object.keys(LONDON) as (keyof Header)[]) {
      if (key === 'mixHash' || key === 'nonce') continue;
      expect(sealHash({ ...LONDON, [key]: other[key] }), key).not.toEqual(digest);
    }
  });
});
