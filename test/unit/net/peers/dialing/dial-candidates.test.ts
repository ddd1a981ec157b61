import { describe, expect, it } from 'vitest';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { DialCandidates, HISTORY_MS } from '../../../../../src/net/peers/dialing/dial-candidates.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';

const T0 = 1_700_000_000_000;
const DAY_MS = 24 * 3_600_000;

function node(name: number | string, ip = '127.0.0.1', tcpPort = 30303): DialNode {
  const { nodeId, publicKey } = fakeIdentity(name);
  return { nodeId, publicKey, endpoint: { ip, tcpPort, udpPort: 30303 } };
}

/** A public address, every one in its own /16. */
const publicIp = (i: number): string => `${11 + Math.floor(i / 250)}.${i % 250}.1.1`;
const make = (): DialCandidates => new DialCandidates(seededRandom('candidates'), false);
const A = node('a', '198.51.100.1');

describe('DialCandidates', () => {
  it('names a new node at once, and not while it is busy', () => {
    const candidates = make();
    expect(candidates.offer(T0, A)).toBeUndefined();
    expect(candidates.due(T0)).toEqual([A]);
    candidates.setBusy(A.nodeId);
    expect(candidates.due(T0 + DAY_MS)).toEqual([]);
    expect(candidates.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    { name: 'a public node', ip: '198.51.100.1', backOffMs: 0, fromMs: HISTORY_MS, toMs: 1.2 * HISTORY_MS },
    { name: 'a public node with a back-off', ip: '198.51.100.1', backOffMs: 600_000, fromMs: 600_000, toMs: 720_000 },
    { name: 'a local node', ip: '127.0.0.1', backOffMs: 120_000, fromMs: 500, toMs: 600 },
    { name: 'a LAN node', ip: '192.168.1.2', backOffMs: 0, fromMs: 500, toMs: 600 },
    { name: 'an incompatible local node', ip: '127.0.0.1', backOffMs: DAY_MS, fromMs: DAY_MS, toMs: 1.2 * DAY_MS },
  ])('waits after the failure of $name', ({ ip, backOffMs, fromMs, toMs }) => {
    const candidates = make();
    const it = node('x', ip);
    candidates.offer(T0, it);
    candidates.setBusy(it.nodeId);
    candidates.release(T0, it.nodeId, false, backOffMs);
    const waitMs = (candidates.nextDialMs(it.nodeId) ?? 0) - T0;
    expect(waitMs).toBeGreaterThanOrEqual(fromMs);
    expect(waitMs).toBeLessThanOrEqual(toMs);
    expect(candidates.due(T0 + fromMs - 1)).toEqual([]);
    expect(candidates.nextWake()).toBe(T0 + waitMs);
    expect(candidates.due(T0 + waitMs)).toEqual([it]);
  });

  it('forgives those who did not answer while the network was cut, and nobody else', () => {
    const candidates = make();
    const [silent, refusing, busy] = [node('silent', '198.51.100.2'), node('refusing', '198.51.100.3'), node('busy')];
    for (const one of [silent, refusing, busy]) candidates.offer(T0, one);
    for (let i = 0; i < 3; i++) {
      candidates.release(T0, silent.nodeId, false, 120_000, true);
      candidates.release(T0, refusing.nodeId, false, 120_000);
    }
    candidates.release(T0, busy.nodeId, false, 120_000, true);
    candidates.setBusy(busy.nodeId);
    candidates.forgiveSilence(T0 + 1_000);
    expect(candidates.isChanged(T0 + 1_000)).toBe(true);
    expect(candidates.nextDialMs(silent.nodeId)).toBeLessThanOrEqual(T0 + 6_000);
    expect(candidates.nextDialMs(refusing.nodeId)).toBeGreaterThan(T0 + 100_000);
    expect(candidates.due(T0 + 6_000)).toEqual([silent]);
  });

  it('waits longer each time and gives a dynamic node up after five failures', () => {
    const candidates = make();
    candidates.offer(T0, A);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      candidates.release(T0, A.nodeId, false, 0);
      waits.push((candidates.nextDialMs(A.nodeId) ?? 0) - T0);
    }
    expect(waits.every((wait, i) => i === 0 || wait > 1.5 * (waits[i - 1] ?? 0))).toBe(true);
    candidates.release(T0, A.nodeId, false, 0);
    expect(candidates.has(A.nodeId)).toBe(false);
  });

  it('never gives up a static node, nor lets it wait more than three minutes', () => {
    const candidates = make();
    candidates.addStatic(T0, A);
    for (let i = 0; i < 100; i++) {
      candidates.release(T0, A.nodeId, false, DAY_MS);
      expect((candidates.nextDialMs(A.nodeId) ?? 0) - T0).toBeLessThanOrEqual(180_000);
    }
    expect(candidates.isStatic(A.nodeId)).toBe(true);
  });

  it('forgets the failures of a node that became a peer', () => {
    const candidates = make();
    candidates.offer(T0, A);
    for (let i = 0; i < 20; i++) candidates.release(T0, A.nodeId, i % 2 === 0, 0);
    expect(candidates.has(A.nodeId)).toBe(true);
  });

  it('names static nodes first, then those that wait longest', () => {
    const candidates = make();
    const [old, young, own] = [node(1, publicIp(1)), node(2, publicIp(2)), node(3, publicIp(3))];
    candidates.offer(T0, old);
    candidates.offer(T0 + 1, young);
    candidates.addStatic(T0 + 2, own);
    expect(candidates.due(T0 + 2)).toEqual([own, old, young]);
  });

  it('is bounded: a full list gives up a node that failed before any other', () => {
    const candidates = make();
    for (let i = 0; i < 512; i++) expect(candidates.offer(T0, node(i, publicIp(i)))).toBeUndefined();
    const first = node(0, publicIp(0));
    candidates.release(T0, first.nodeId, false, 0);
    expect(candidates.offer(T0, node('late', '203.0.113.1'))).toBeUndefined();
    expect(candidates.has(first.nodeId)).toBe(false);
    expect(candidates.size).toBe(512);
  });

  it('a list full of nodes that never fail gives way to those of other subnets', () => {
    const candidates = make();
    const rack = Array.from({ length: 512 }, (_, i) => node(i, `50.${i % 16}.${i >> 6}.1`, 1 + i));
    for (const member of rack) expect(candidates.offer(T0, member)).toBeUndefined();
    for (const { nodeId } of rack) {
      candidates.setBusy(nodeId);
      candidates.release(T0, nodeId, true, 0);
    }
    const honest = Array.from({ length: 300 }, (_, i) => node(`honest ${i}`, publicIp(1_000 + i)));
    for (const one of honest) expect(candidates.offer(T0, one)).toBeUndefined();
    expect(candidates.size).toBe(512);
    expect(honest.filter(({ nodeId }) => candidates.has(nodeId))).toHaveLength(300);
    // Each /16 has lost the same, give or take one.
    const left = new Map<string, number>();
    for (const { endpoint } of rack.filter(({ nodeId }) => candidates.has(nodeId))) {
      const group = endpoint.ip.split('.').slice(0, 2).join('.');
      left.set(group, (left.get(group) ?? 0) + 1);
    }
    expect([Math.min(...left.values()), Math.max(...left.values())]).toEqual([13, 14]);
    // The crowd does not come back at the cost of others.
    for (const member of rack) candidates.offer(T0, member);
    expect(honest.every(({ nodeId }) => candidates.has(nodeId))).toBe(true);
  });

  it('a full list refuses whoever would only make its own subnet the most crowded, or if all are busy', () => {
    const candidates = make();
    for (let i = 0; i < 512; i++) candidates.offer(T0, node(i, publicIp(i)));
    const [host = 0, ...rest] = publicIp(7).split('.');
    expect(candidates.offer(T0, node('late', [host, rest[0], 77, 1].join('.')))).toBe('full');
    for (let i = 0; i < 512; i++) candidates.setBusy(node(i).nodeId);
    expect(candidates.offer(T0, node('late', '203.0.113.1'))).toBe('full');
  });

  it('one /16 gets a sixteenth of it, one /24 four places; loopback is not counted', () => {
    const candidates = make();
    const outcomes = Array.from({ length: 100 }, (_, i) => candidates.offer(T0, node(i, `198.51.${i}.1`)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(32);
    expect(outcomes.at(-1)).toBe('group-full');
    const ports = Array.from({ length: 100 }, (_, i) => candidates.offer(T0, node(`port ${i}`, '203.0.113.1', 1 + i)));
    expect(ports.filter((outcome) => outcome === undefined)).toHaveLength(4);
    expect([candidates.hasRoomFor('203.0.113.99'), candidates.hasRoomFor('203.0.114.99')]).toEqual([false, true]);
    for (let i = 0; i < 100; i++) expect(candidates.offer(T0, node(`local ${i}`, '127.0.0.1', 1 + i))).toBeUndefined();
  });

  it('nobody moves into a full subnet, and whoever leaves one makes room', () => {
    const candidates = make();
    const four = [1, 2, 3, 4].map((i) => node(i, `203.0.113.${i}`));
    for (const one of four) candidates.offer(T0, one);
    expect(candidates.offer(T0, A)).toBeUndefined();
    expect(candidates.offer(T0, node('a', '203.0.113.9'))).toBe('group-full');
    expect(candidates.due(T0)).toContainEqual(A);
    expect(candidates.offer(T0, node(1, '203.0.113.7'))).toBeUndefined();
    expect(candidates.offer(T0, node(1, '203.0.114.7'))).toBeUndefined();
    expect(candidates.offer(T0, node('a', '203.0.113.9'))).toBeUndefined();
    for (const { nodeId } of [...four, A]) candidates.remove(nodeId);
    for (const one of four) expect(candidates.offer(T0, one)).toBeUndefined();
  });

  it('static nodes are bounded too', () => {
    const candidates = make();
    for (let i = 0; i < 1024; i++) candidates.addStatic(T0, node(i));
    expect(candidates.addStatic(T0, node('late'))).toBe('full');
    expect(candidates.addStatic(T0, node(5))).toBeUndefined();
    candidates.remove(node(5).nodeId);
    expect(candidates.addStatic(T0, node('late'))).toBeUndefined();
  });

  it('a node without a TCP port is none', () => {
    expect(make().offer(T0, node('x', '127.0.0.1', 0))).toBe('no-tcp-port');
    expect(make().addStatic(T0, node('x', '127.0.0.1', 0))).toBe('no-tcp-port');
  });

  it('names newcomers alone until a slot is freed: the others would find no more room than before', () => {
    const candidates = make();
    const [old, young, late] = [1, 2, 3].map((i) => node(i, publicIp(i))) as [DialNode, DialNode, DialNode];
    candidates.offer(T0, old);
    expect(candidates.due(T0)).toEqual([old]);
    candidates.offer(T0 + 1, young);
    expect(candidates.due(T0 + 1)).toEqual([young]);
    candidates.offer(T0 + 2, late);
    candidates.slotFreed();
    expect(candidates.due(T0 + 2)).toEqual([old, young, late]);
  });

  it('names a newcomer no more that has left again, and everybody if too many came', () => {
    const candidates = make();
    candidates.due(T0);
    candidates.offer(T0, node(0, publicIp(0)));
    candidates.remove(node(0).nodeId);
    expect(candidates.due(T0)).toEqual([]);
    for (let i = 0; i < 100; i++) candidates.offer(T0, node(i, publicIp(i)));
    expect(candidates.due(T0)).toHaveLength(100);
  });

  it('rests until a slot is freed, whoever comes', () => {
    const candidates = make();
    const [old, young] = [1, 2].map((i) => node(i, publicIp(i))) as [DialNode, DialNode];
    candidates.offer(T0, old);
    candidates.rest();
    candidates.offer(T0, young);
    expect(candidates.isChanged(T0 + DAY_MS)).toBe(false);
    candidates.slotFreed();
    expect(candidates.isChanged(T0)).toBe(true);
    expect(candidates.due(T0)).toEqual([old, young]);
    candidates.offer(T0, A);
    expect(candidates.due(T0)).toEqual([A]);
  });

  it('says when a look is worth while', () => {
    const candidates = make();
    candidates.offer(T0, A);
    expect(candidates.isChanged(T0)).toBe(true);
    candidates.due(T0);
    expect(candidates.isChanged(T0)).toBe(false);
    candidates.postpone(T0, A.nodeId, 1_000);
    expect([candidates.isChanged(T0 + 999), candidates.isChanged(T0 + 1_000)]).toEqual([false, true]);
    expect(candidates.due(T0 + 1_000)).toEqual([A]);
    candidates.release(T0 + 1_000, A.nodeId, true, 0);
    const againMs = candidates.nextDialMs(A.nodeId) ?? 0;
    expect([candidates.isChanged(againMs - 1), candidates.isChanged(againMs)]).toEqual([false, true]);
    candidates.due(againMs);
    candidates.slotFreed();
    expect(candidates.isChanged(againMs)).toBe(true);
  });
});
