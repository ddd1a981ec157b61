import { describe, expect, it } from 'vitest';
import { isSilence } from '../../../../../src/net/peers/close-policy.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { MissingPeers } from '../../../../../src/net/peers/dialing/missing-peers.js';
import type { CloseCause } from '../../../../../src/net/peers/session/session-state.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';

const T0 = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function node(name: number): DialNode {
  const { nodeId, publicKey } = fakeIdentity(name);
  return { nodeId, publicKey, endpoint: { ip: `${20 + name}.1.1.1`, tcpPort: 30303, udpPort: 30303 } };
}

const make = (): MissingPeers => new MissingPeers(seededRandom('missing'));
const always = (): boolean => true;

/** Who is taken until `untilMs`, and when, in order. */
function attempts(missing: MissingPeers, untilMs: number): { readonly node: DialNode; readonly atMs: number }[] {
  const taken: { node: DialNode; atMs: number }[] = [];
  for (let atMs = missing.nextWake(); atMs <= untilMs; atMs = missing.nextWake()) {
    const next = missing.take(atMs, always);
    if (next !== undefined) taken.push({ node: next, atMs });
  }
  return taken;
}

/** Three of six dialed peers fall silent, one after the other. */
function cut(missing: MissingPeers): void {
  for (let i = 0; i < 3; i++) missing.onSilence(T0 + 1_000 * i, node(i), 5 - i);
}

describe('MissingPeers', () => {
  it.each([
    { name: 'one of many is no cut', lost: 1, everyMs: 0, left: 10, missing: 0 },
    { name: 'a quarter at once is one', lost: 3, everyMs: 1_000, left: 9, missing: 3 },
    { name: 'the same over hours is none', lost: 3, everyMs: HOUR_MS, left: 9, missing: 0 },
    { name: 'the only one is one', lost: 1, everyMs: 0, left: 0, missing: 1 },
    { name: 'more than are looked for', lost: 40, everyMs: 100, left: 10, missing: 16 },
  ])('$name', ({ lost, everyMs, left, missing }) => {
    const peers = make();
    for (let i = 0; i < lost; i++) peers.onSilence(T0 + i * everyMs, node(i), left + lost - 1 - i);
    expect(peers.size).toBe(missing);
  });

  it('peers that had dialed us count as lost, but nobody knows where to look for them', () => {
    const peers = make();
    for (let i = 0; i < 3; i++) peers.onSilence(T0, undefined, 5 - i);
    expect(peers.size).toBe(0);
    peers.onSilence(T0, node(1), 2);
    expect(peers.size).toBe(1);
  });

  it('are tried in turn, first every some seconds, after hours every minute, and not after a day', () => {
    const peers = make();
    cut(peers);
    const tries = attempts(peers, T0 + 48 * HOUR_MS);
    const turn = [0, 1, 2].map((i) => node(i).nodeId);
    expect(tries.slice(0, 6).map((one) => one.node.nodeId)).toEqual([...turn, ...turn]);
    const gapsWithin = (fromMs: number, toMs: number): number[] =>
      tries.flatMap(({ atMs }, i) => {
        const before = tries[i - 1]?.atMs ?? 0;
        return before >= T0 + fromMs && atMs < T0 + toMs ? [atMs - before] : [];
      });
    expect(Math.min(...gapsWithin(0, 10 * MINUTE_MS))).toBeGreaterThanOrEqual(2_500);
    expect(Math.max(...gapsWithin(0, 10 * MINUTE_MS))).toBeLessThanOrEqual(7_500);
    expect(Math.max(...gapsWithin(0, 30 * MINUTE_MS))).toBeLessThanOrEqual(13_500);
    expect(Math.min(...gapsWithin(4 * HOUR_MS, 23 * HOUR_MS))).toBeGreaterThanOrEqual(30_000);
    expect(tries.at(-1)?.atMs).toBeLessThan(T0 + 24 * HOUR_MS + 3 * MINUTE_MS);
    expect(peers.size).toBe(0);
    expect(peers.nextWake()).toBe(Number.POSITIVE_INFINITY);
  });

  it('when one is found, the others are tried at once', () => {
    const peers = make();
    cut(peers);
    attempts(peers, T0 + HOUR_MS);
    expect(peers.onFound(T0 + HOUR_MS, node(7).nodeId)).toBeUndefined();
    expect(peers.onFound(T0 + HOUR_MS, node(1).nodeId)).toEqual(node(1));
    const quick = attempts(peers, T0 + HOUR_MS + 2_000);
    expect(quick.map((one) => one.node.nodeId).sort()).toEqual([node(0).nodeId, node(2).nodeId].sort());
    expect(attempts(peers, T0 + HOUR_MS + 8_000)).toEqual([]);
  });

  it('who may not be dialed now gets another turn', () => {
    const peers = make();
    cut(peers);
    const atMs = peers.nextWake();
    expect(peers.take(atMs, () => false)).toBeUndefined();
    expect(attempts(peers, T0 + MINUTE_MS).map((one) => one.node)).toContainEqual(node(0));
    peers.forget(node(0).nodeId);
    expect(attempts(peers, T0 + 2 * MINUTE_MS).map((one) => one.node)).not.toContainEqual(node(0));
  });
});

describe('isSilence', () => {
  it.each<{ readonly name: string; readonly cause: CloseCause; readonly silent: boolean }>([
    { name: 'unanswered pings', cause: { kind: 'fault', fault: { code: 'idle-timeout' } }, silent: true },
    { name: 'TCP gave up', cause: { kind: 'stream', error: 'ETIMEDOUT' }, silent: true },
    { name: 'no route', cause: { kind: 'stream', error: 'EHOSTUNREACH' }, silent: true },
    { name: 'nobody answers a dial', cause: { kind: 'dial', failure: 'timeout' }, silent: true },
    { name: 'a reset', cause: { kind: 'stream', error: 'ECONNRESET' }, silent: false },
    { name: 'an end', cause: { kind: 'stream', error: undefined }, silent: false },
    { name: 'a refused dial', cause: { kind: 'dial', failure: 'refused' }, silent: false },
    {
      name: 'another fault',
      cause: { kind: 'fault', fault: { code: 'message-flood', message: 'base' } },
      silent: false,
    },
    { name: 'a goodbye', cause: { kind: 'remote', reason: 'client-quitting', code: 8 }, silent: false },
  ])('$name: $silent', ({ cause, silent }) => expect(isSilence(cause)).toBe(silent));
});
