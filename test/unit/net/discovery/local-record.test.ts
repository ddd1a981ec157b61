import { describe, expect, it } from 'vitest';
import { LocalRecord } from '../../../../src/net/discovery/local-record.js';
import { decodeEnr } from '../../../../src/types/enr.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';

describe('local record', () => {
  const endpoint = { ip: '0.0.0.0', udpPort: 30303, tcpPort: 30304 };

  it('is valid, and its number rises when something changes and only then', () => {
    const record = new LocalRecord(fakeIdentity('me'), 7n, endpoint, new Map());
    expect(decodeEnr(record.enr().raw, fakeScheme).endpoint).toBeUndefined();
    record.setEndpoint({ ...endpoint, ip: '1.2.3.4' });
    record.setEndpoint({ ...endpoint, ip: '1.2.3.4' });
    expect(record.enr().seq).toBe(8n);
    expect(decodeEnr(record.enr().raw, fakeScheme).endpoint).toEqual({ ...endpoint, ip: '1.2.3.4' });
    record.setPair('eth', Uint8Array.of(0xc0));
    record.setPair('eth', undefined);
    expect(record.enr().seq).toBe(10n);
  });

  it('names no TCP port while it can not be dialed', () => {
    for (const ip of ['0.0.0.0', '1.2.3.4']) {
      const record = new LocalRecord(fakeIdentity('me'), 1n, { ...endpoint, ip }, new Map());
      expect(record.setDialable(true)).toBe(false);
      expect(record.setDialable(false)).toBe(true);
      expect(record.enr().seq).toBe(2n);
      expect(record.enr().pairs.has('tcp')).toBe(false);
      expect(record.endpoint()).toEqual({ ...endpoint, ip, tcpPort: 0 });
      record.setDialable(true);
      expect(record.enr().pairs.has('tcp')).toBe(true);
      expect(record.endpoint()).toEqual({ ...endpoint, ip });
    }
  });

  it('follows 10 voters where the address is not known, and nobody where it is', () => {
    for (const [ip, expected] of [
      ['0.0.0.0', '5.5.5.5'],
      ['1.2.3.4', '1.2.3.4'],
    ] as const) {
      const record = new LocalRecord(fakeIdentity('me'), 1n, { ...endpoint, ip }, new Map());
      for (let i = 0; i < 9; i++) record.vote(0, `voter ${i}`, { ip: '5.5.5.5', port: 1 });
      expect(record.enr().seq).toBe(1n);
      record.vote(0, 'voter 9', { ip: '5.5.5.5', port: 1 });
      expect(record.endpoint().ip).toBe(expected);
    }
  });
});
