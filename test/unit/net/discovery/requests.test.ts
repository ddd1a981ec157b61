import { describe, expect, it } from 'vitest';
import { toHash32 } from '../../../../src/base/hex.js';
import { MAX_REQUESTS, type PendingRequest, Requests } from '../../../../src/net/discovery/requests.js';
import { nodeRecord } from '../../../support/node-records.js';

const address = { ip: '1.2.3.4', port: 30303 };

describe('requests', () => {
  const request = (i: number, log: string[] = []): PendingRequest<string> => ({
    kind: 'pong',
    nodeId: nodeRecord(i).nodeId,
    address,
    hash: toHash32(new Uint8Array(32).fill(i % 256)),
    deadlineMs: 500,
    collected: undefined,
    done: (_, reply) => log.push(reply ?? 'none'),
  });

  it('match by kind, address and node; end once', () => {
    const log: string[] = [];
    const requests = new Requests<string>();
    const one = request(1, log);
    expect([requests.open(one), requests.open(request(1))]).toEqual([true, false]);
    expect(requests.expects('pong', address)).toBe(true);
    expect(requests.expects('pong', address, one.hash)).toBe(true);
    expect(requests.expects('pong', address, request(2).hash)).toBe(false);
    expect(requests.expects('neighbors', address)).toBe(false);
    expect(requests.expects('pong', { ...address, port: 1 })).toBe(false);
    requests.settle(1, one, 'reply');
    requests.expire(1000);
    expect([log, requests.size, requests.nextWake()]).toEqual([['reply'], 0, Number.POSITIVE_INFINITY]);
  });

  it('expire with what they have', () => {
    const log: string[] = [];
    const requests = new Requests<string>();
    requests.open({ ...request(1, log), collected: 'half' });
    requests.open(request(2, log));
    requests.expire(499);
    expect([log, requests.nextWake()]).toEqual([[], 500]);
    requests.expire(500);
    expect(log).toEqual(['half', 'none']);
  });

  it('are bounded', () => {
    const requests = new Requests<string>();
    const opened = Array.from({ length: MAX_REQUESTS + 5 }, (_, i) => requests.open(request(i)));
    expect(opened.filter(Boolean)).toHaveLength(MAX_REQUESTS);
  });
});
