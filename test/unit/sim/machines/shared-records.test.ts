import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../../../src/codec/decode-error.js';
import { createRecordReader } from '../../../../src/sim/machines/shared-records.js';
import { signEnr } from '../../../../src/types/enr.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';

describe('createRecordReader', () => {
  it('gives equal bytes the same record, and other bytes another', () => {
    const read = createRecordReader(fakeScheme);
    const raw = (seq: bigint) => signEnr(fakeIdentity('a'), seq, new Map()).raw;
    expect(read(raw(1n))).toBe(read(raw(1n)));
    expect(read(raw(2n)).seq).toBe(2n);
  });

  it('refuses what is no record, each time', () => {
    const read = createRecordReader(fakeScheme);
    for (let i = 0; i < 2; i++) expect(() => read(Uint8Array.of(0xc0))).toThrow(DecodeError);
  });
});
