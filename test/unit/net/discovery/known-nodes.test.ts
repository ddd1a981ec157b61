import { describe, expect, it } from 'vitest';
import { ENR_INTERVAL_MS, KnownNodes } from '../../../../src/net/discovery/known-nodes.js';
import { LocalRecord } from '../../../../src/net/discovery/local-record.js';
import { NodeRecords } from '../../../../src/net/discovery/node-records.js';
import { fakeIdentity, fakeScheme } from '../../../support/fake-identity.js';
import { nodeRecord } from '../../../support/node-records.js';

const { nodeId } = nodeRecord('node');

describe('known nodes', () => {
  it('ask for a record once a minute, however often its number rises', () => {
    const known = new KnownNodes(new NodeRecords(fakeScheme));
    let asked = 0;
    for (let second = 0; second < 180; second++) {
      known.stated(nodeId, BigInt(second + 1));
      if (known.takeEnrRequest(second * 1000, nodeId)) asked++;
    }
    expect(asked).toBe(3);
    expect(known.takeEnrRequest(1000 * ENR_INTERVAL_MS, nodeRecord('silent').nodeId)).toBe(false);
  });

  it('report a node when it is new, when it has changed, and else once a minute', () => {
    const known = new KnownNodes(new NodeRecords(fakeScheme));
    const record = nodeRecord('node');
    expect([0, 1, 59_999, 60_000].map((now) => known.takeReport(now, record))).toEqual([true, false, false, true]);
    expect(known.takeReport(60_001, nodeRecord('node', '9.9.9.9'))).toBe(true);
  });

  it('takes the TCP port from a record that names the proven address, and keeps the newest record', () => {
    const identity = fakeIdentity('x');
    const enr = (seq: bigint, ip: string) =>
      new LocalRecord(identity, seq, { ip, udpPort: 1, tcpPort: 99 }, new Map()).enr();
    const record = { ...nodeRecord('node'), publicKey: identity.publicKey, nodeId: identity.nodeId };
    const known = new KnownNodes(new NodeRecords(fakeScheme));
    expect(known.learn(enr(5n, '1.2.3.4'))).toBe(true);
    expect(known.learn(enr(5n, '7.7.7.7'))).toBe(false);
    expect(known.complete(record).endpoint).toEqual({ ...record.endpoint, tcpPort: 99 });
    expect(known.learn(enr(6n, '7.7.7.7'))).toBe(true);
    expect(known.complete(record).endpoint).toEqual(record.endpoint);
  });

  it('take a TCP port from the ping of a node or what was given to us, for the same address only', () => {
    const heard = nodeRecord('node');
    const { ip, udpPort } = heard.endpoint;
    const given = { port: undefined as number | undefined };
    const known = new KnownNodes(new NodeRecords(fakeScheme), (key, at) =>
      key === heard.publicKey && at === ip ? given.port : undefined,
    );
    expect([known.complete(heard), known.hasOwnPort(heard)]).toEqual([heard, false]);
    given.port = 5;
    expect([known.complete(heard).endpoint.tcpPort, known.hasOwnPort(heard)]).toEqual([5, true]);
    known.pinged({ ...heard, endpoint: { ip, udpPort: udpPort + 1, tcpPort: 77 } });
    expect(known.complete(heard).endpoint).toEqual({ ip, udpPort, tcpPort: 77 });
    known.pinged({ ...heard, endpoint: { ip: '9.9.9.9', udpPort, tcpPort: 88 } });
    given.port = undefined;
    expect([known.complete(heard), known.hasOwnPort(heard)]).toEqual([heard, false]);
  });
});
