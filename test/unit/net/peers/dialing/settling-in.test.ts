import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import { type Exchange, SettlingIn } from '../../../../../src/net/peers/dialing/settling-in.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer, SINCE_MS } from './connect-peer.js';
import { dialContext, dialNode } from './dial-context.js';

const MINUTE_MS = 60_000;

/** Of four dialed slots `peers` are taken, of eight inbound ones `guests`; the book knows `known` others, and was told of them or has `reached` them. */
function make({ peers = 4, guests = 1, known = 40, reached = false, seed = 'settling' } = {}) {
  const book = new AddressBook(seededRandom('book'));
  for (let i = 0; i < known; i++) {
    const other = dialNode(`other ${i}`, `21.${i}.0.1`);
    if (reached) book.onSuccess(SINCE_MS, other);
    else book.offer(SINCE_MS, other, other.endpoint.ip);
  }
  const context = dialContext({ maxPeers: 12 });
  const { candidates, connections, conduct } = context;
  for (let i = 0; i < peers; i++) connectPeer(connections, fakeIdentity(`peer ${i}`), 'out');
  for (let i = 0; i < guests; i++) connectPeer(connections, fakeIdentity(`guest ${i}`), 'in');
  const settling = new SettlingIn(seededRandom(seed), book, context);
  settling.start(SINCE_MS);
  return { settling, connections, candidates, conduct };
}

/** What it asks for in its life, and how long after its start. */
function exchangesOf(settling: SettlingIn): (Exchange & { readonly atMs: number })[] {
  const exchanges = [];
  for (let nowMs = settling.nextWake(); Number.isFinite(nowMs); nowMs = settling.nextWake()) {
    const exchange = settling.take(nowMs);
    if (exchange !== undefined) exchanges.push({ ...exchange, atMs: nowMs - SINCE_MS });
  }
  return exchanges;
}

describe('a node that settles in', () => {
  it('exchanges each peer some two times, from the first minute to the tenth', () => {
    const counts: number[] = [];
    for (let i = 0; i < 20; i++) {
      const times = exchangesOf(make({ seed: `${i}` }).settling).map(({ atMs }) => atMs);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(MINUTE_MS / 2);
      expect(Math.max(...times)).toBeLessThan(14 * MINUTE_MS);
      counts.push(times.length);
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // Four slots, each ln(10) times and a little more, since the pauses are as long as the age was before them.
    expect(mean).toBeGreaterThan(7);
    expect(mean).toBeLessThan(14);
  });

  it('takes each of our own choice in turn, and no guest', () => {
    const leaving = new Set(
      [1, 2, 3].flatMap((i) => exchangesOf(make({ seed: `${i}` }).settling)).map((one) => one.leaving),
    );
    expect([...leaving].sort()).toEqual([0, 1, 2, 3].map((i) => fakeIdentity(`peer ${i}`).nodeId).sort());
  });

  it.each([
    { name: 'a slot is free anyway', options: { peers: 3 } },
    { name: 'others fill the inbound slots', options: { guests: 8 } },
    { name: 'there is a peer more than slots already', options: { peers: 5 } },
    { name: 'the book knows nobody else', options: { known: 0 } },
    { name: 'the book is of an earlier life', options: { reached: true } },
  ])('rests while $name', ({ options }) => {
    expect(exchangesOf(make(options).settling)).toEqual([]);
  });

  it('leaves those alone that came lately', () => {
    const { settling, connections } = make();
    for (const peer of connections.all()) peer.identifiedAtMs = SINCE_MS + 5 * MINUTE_MS;
    const [first] = exchangesOf(settling);
    expect(first?.atMs).toBeGreaterThan(5 * MINUTE_MS + (1.5 * 5 * MINUTE_MS) / 4);
  });

  it('takes one of a /16 at most', () => {
    const exchanges = Array.from({ length: 10 }, (_, i) => {
      const { settling, connections } = make({ peers: 0, known: 4, seed: `${i}` });
      // Each of those whom the book knows has a neighbour among the peers.
      for (let n = 0; n < 4; n++) connectPeer(connections, fakeIdentity(`peer ${n}`), 'out', { ip: `21.${n}.200.1` });
      return exchangesOf(settling);
    }).flat();
    expect(exchanges.length).toBeGreaterThan(0);
    for (const { node, leaving } of exchanges) {
      const place = Number(node.endpoint.ip.split('.')[1]);
      expect(leaving).toBe(fakeIdentity(`peer ${place}`).nodeId);
    }
  });

  it('asks nobody who is banned or was refused a moment ago', () => {
    const { settling, candidates, conduct } = make({ known: 2 });
    const [refused, banned] = [fakeIdentity('other 0'), fakeIdentity('other 1')];
    conduct.bans.banManually(SINCE_MS, banned.nodeId, SINCE_MS + 60 * MINUTE_MS);
    const endpoint = { ip: '21.0.0.1', tcpPort: 30303, udpPort: 30303 };
    candidates.offer(SINCE_MS, { nodeId: refused.nodeId, publicKey: refused.publicKey, endpoint });
    candidates.postpone(SINCE_MS, refused.nodeId, 4 * MINUTE_MS);
    const exchanges = exchangesOf(settling);
    expect(exchanges.length).toBeGreaterThan(0);
    for (const { node, atMs } of exchanges) {
      expect(node.nodeId).toBe(refused.nodeId);
      expect(atMs).toBeGreaterThanOrEqual(4 * MINUTE_MS);
    }
  });
});
