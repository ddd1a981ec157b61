import { describe, expect, it } from 'vitest';
import { LocalRecord } from '../../../../src/net/discovery/local-record.js';
import { NodeRecords } from '../../../../src/net/discovery/node-records.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';

const identity = fakeIdentity('records');
const { nodeId, publicKey } = identity;
const at = (tcpPort: number, ip = '1.2.3.4') => ({ ip, udpPort: 30303, tcpPort });
const enr = new LocalRecord(identity, 1n, at(30304), new Map()).enr();

describe('node records', () => {
  it('are one object for the same key and endpoint', () => {
    const records = new NodeRecords(fakeScheme);
    const record = records.of(publicKey, at(1));
    expect(record).toEqual({ publicKey, nodeId, endpoint: at(1) });
    expect(records.of(publicKey, at(1))).toBe(record);
    expect(records.of(publicKey, at(2)).endpoint).toEqual(at(2));
    expect(record.endpoint).toEqual(at(1));
  });

  it('take the TCP port of a signed record for the same address', () => {
    const records = new NodeRecords(fakeScheme);
    const complete = records.withEnr(records.of(publicKey, at(0)), enr);
    expect(complete).toEqual({ publicKey, nodeId, endpoint: at(30304), enr });
    expect(records.withEnr(records.of(publicKey, at(5)), enr)).toBe(complete);
  });

  it('keep the port that was stated at another address', () => {
    const records = new NodeRecords(fakeScheme);
    const elsewhere = at(5, '1.2.3.9');
    expect(records.withEnr(records.of(publicKey, elsewhere), enr).endpoint).toEqual(elsewhere);
  });

  it('are forgotten beyond their number', () => {
    const records = new NodeRecords(fakeScheme, 10);
    const first = records.of(publicKey, at(1));
    for (let i = 0; i < 10; i++) records.of(fakeIdentity(`other ${i}`).publicKey, at(1));
    expect(records.of(publicKey, at(1))).not.toBe(first);
    expect(records.of(publicKey, at(1))).toEqual(first);
  });
});
