import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { AddressBook, type BookEntry } from '../../../../src/net/peers/address-book.js';
import { bookKeyWrite, entryWrite, readStoredPeers } from '../../../../src/net/peers/peer-store.js';
import { fakeIdentity } from '../../../support/fake-identity.js';
import { seededRandom } from '../../../support/seeded-random.js';

const T0 = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function node(name: number | string, ip: string, tcpPort = 30303) {
  const { nodeId, publicKey } = fakeIdentity(name);
  return { nodeId, publicKey, endpoint: { ip, tcpPort, udpPort: 30303 } };
}

const triedIn = (book: AddressBook) => book.recent(10_000).filter((entry) => entry.tried);

const make = (): AddressBook => new AddressBook(seededRandom('book'));
const spread = (i: number): string => `${11 + (i % 200)}.${(i >> 3) % 250}.${i % 250}.1`;

beforeAll(initKeccak);

describe('AddressBook', () => {
  it('remembers what it is told, as new, and whom it reached, as tried', () => {
    const book = make();
    const a = node('a', '198.51.100.1');
    expect(book.offer(T0, a, '203.0.113.1')).toBe('added');
    expect(book.get(a.nodeId)).toMatchObject({ ...a, tried: false, fails: 0, firstSeenMs: T0 });
    expect(book.offer(T0 + 5, a, '203.0.113.1')).toBe('updated');
    book.onFailure(a.nodeId);
    expect(book.get(a.nodeId)?.fails).toBe(1);
    book.onSuccess(T0 + 10, a);
    expect(book.get(a.nodeId)).toMatchObject({ tried: true, fails: 0, firstSeenMs: T0, lastSeenMs: T0 + 10 });
    book.forget(a.nodeId);
    expect(book.size).toBe(0);
  });

  it('hearsay does not move a tried node', () => {
    const book = make();
    const a = node('a', '198.51.100.1');
    book.onSuccess(T0, a);
    book.offer(T0 + 1, { ...a, endpoint: { ...a.endpoint, ip: '203.0.113.66' } }, '203.0.113.66');
    expect(book.get(a.nodeId)?.endpoint.ip).toBe('198.51.100.1');
  });

  it.each([
    { name: 'from its address', ip: '198.51.100.1', fails: 0, seenMs: T0 + HOUR_MS },
    { name: 'from elsewhere', ip: '203.0.113.66', fails: 0, seenMs: T0 },
    { name: 'from its address, where dials fail', ip: '198.51.100.1', fails: 1, seenMs: T0 },
  ])('hearsay of a tried node $name', ({ ip, fails, seenMs }) => {
    const book = make();
    const a = node('a', '198.51.100.1');
    book.onSuccess(T0, a);
    for (let i = 0; i < fails; i++) book.onFailure(a.nodeId);
    book.offer(T0 + HOUR_MS, { ...a, endpoint: { ...a.endpoint, ip } }, ip);
    expect(book.get(a.nodeId)).toMatchObject({ lastSeenMs: seenMs, fails });
    book.onSuccess(T0 + 2 * HOUR_MS, a);
    expect(book.get(a.nodeId)).toMatchObject({ lastSeenMs: T0 + 2 * HOUR_MS, fails: 0 });
  });

  it('dead nodes do not keep their places in tried by datagrams from elsewhere', () => {
    const book = make();
    const dead = Array.from({ length: 1_000 }, (_, i) => node(i, `50.${i % 250}.${i >> 5}.1`));
    for (const one of dead) book.onSuccess(T0, one);
    for (let day = 1; day <= 5; day++) {
      for (const one of dead) {
        book.onFailure(one.nodeId);
        book.offer(T0 + day * DAY_MS, { ...one, endpoint: { ...one.endpoint, ip: '203.0.113.66' } }, '203.0.113.66');
        book.offer(T0 + day * DAY_MS, one, one.endpoint.ip);
      }
    }
    const alive = Array.from({ length: 1_000 }, (_, i) => node(`alive ${i}`, `60.${i % 250}.${i >> 5}.1`));
    for (const one of alive) book.onSuccess(T0 + 5 * DAY_MS + HOUR_MS, one);
    const kept = dead.filter(({ nodeId }) => book.get(nodeId)?.tried === true).length;
    expect(kept).toBeLessThan(triedIn(book).length / 4);
  });

  it('one address has two places in tried, and one /24 two in a bucket; on this machine each port is a node', () => {
    const [one, rack, local] = [make(), make(), make()];
    for (let i = 0; i < 200; i++) {
      one.onSuccess(T0, node(i, '198.51.100.1', 1 + i));
      rack.onSuccess(T0, node(i, `198.51.100.${i}`));
      local.onSuccess(T0, node(i, '127.0.0.1', 1 + i));
    }
    expect(triedIn(one)).toHaveLength(2);
    expect(triedIn(rack).length).toBeLessThanOrEqual(8 * 2);
    expect(triedIn(local).length).toBeGreaterThan(64);
  });

  it('of one /24 a node that is gone gives way to one that was reached', () => {
    const book = make();
    const [gone, old, young] = [node(1, '198.51.100.1', 1), node(2, '198.51.100.1', 2), node(3, '198.51.100.1', 3)];
    for (const one of [gone, old]) book.onSuccess(T0, one);
    for (let i = 0; i < 2; i++) book.onFailure(gone.nodeId);
    book.onSuccess(T0 + 3 * HOUR_MS, young);
    expect(triedIn(book).map(({ nodeId }) => nodeId)).not.toContain(young.nodeId);
    book.onSuccess(T0 + 5 * HOUR_MS, young);
    expect(triedIn(book).map(({ nodeId }) => nodeId)).toEqual([young.nodeId, old.nodeId]);
  });

  it('is bounded whatever it is offered', () => {
    const book = make();
    for (let i = 0; i < 8_000; i++) book.offer(T0, node(i, spread(i)), spread(i * 7));
    expect(book.size).toBeLessThanOrEqual(256 * 16);
    for (let i = 0; i < 2_500; i++) book.onSuccess(T0, node(i, spread(i)));
    expect(book.size).toBeLessThanOrEqual((256 + 64) * 16);
  });

  it('one source /16 fills at most a sixteenth of new, one /16 an eighth of tried', () => {
    const book = make();
    for (let i = 0; i < 2_000; i++) book.offer(T0, node(i, spread(i)), `198.51.${i % 250}.1`);
    expect(book.size).toBeLessThanOrEqual(16 * 16);
    const reached = make();
    for (let i = 0; i < 1_000; i++) reached.onSuccess(T0, node(i, `198.51.${i % 250}.${i >> 5}`));
    const tried = reached.recent(10_000).filter((entry) => entry.tried);
    expect(tried.length).toBeLessThanOrEqual(8 * 16);
  });

  it('a tried node is replaced only after two failures and four hours', () => {
    const book = make();
    const rack = Array.from({ length: 1_000 }, (_, i) => node(i, `198.51.${i % 250}.${i >> 5}`));
    for (const member of rack) book.onSuccess(T0, member);
    const incumbents = book.recent(10_000).filter((entry) => entry.tried);
    for (const { nodeId } of incumbents) for (let i = 0; i < 2; i++) book.onFailure(nodeId);
    const fresh = Array.from({ length: 1_000 }, (_, i) => node(`new ${i}`, `198.51.${i % 250}.${i >> 5}`));
    const kept = () => incumbents.filter(({ nodeId }) => book.get(nodeId)?.tried === true).length;
    for (const member of fresh) book.onSuccess(T0 + HOUR_MS, member);
    expect(kept()).toBe(incumbents.length);
    for (const member of fresh) book.onSuccess(T0 + 5 * HOUR_MS, member);
    expect(kept()).toBeLessThan(incumbents.length / 4);
  });

  it('picks three times in four from tried, whatever the crowd in new, and failing nodes less often', () => {
    const book = make();
    const tried = node('tried', '198.51.100.1');
    book.onSuccess(T0, tried);
    for (let i = 0; i < 100; i++) book.offer(T0, node(i, spread(i)), spread(i));
    const share = () =>
      Array.from({ length: 1_000 }, () => book.pick(() => true)).filter((entry) => entry?.tried).length;
    const inFour = share();
    expect(inFour).toBeGreaterThan(700);
    expect(inFour).toBeLessThan(800);
    for (let i = 0; i < 6; i++) book.onFailure(tried.nodeId);
    expect(share()).toBeLessThan(300);
    expect(book.pick(() => false)).toBeUndefined();
    expect(make().pick(() => true)).toBeUndefined();
  });

  it('comes back from disk as it was, without what is a month old', () => {
    const book = make();
    for (let i = 0; i < 300; i++) book.offer(T0, node(i, spread(i)), spread(i * 3));
    for (let i = 0; i < 20; i++) book.onSuccess(T0, node(i, spread(i)));
    const writes = [bookKeyWrite(book.key), ...book.takeChanges().map(([id, entry]) => entryWrite(id, entry))];
    const records = writes.flatMap((write) => (write.kind === 'put' ? [[write.key, write.value] as const] : []));
    const stored = readStoredPeers(records);
    expect(stored.bookKey && Buffer.from(stored.bookKey).equals(book.key)).toBe(true);
    const load = (nowMs: number, entries: readonly BookEntry[]) => {
      const loaded = new AddressBook(seededRandom('loaded'), stored.bookKey);
      for (const entry of entries) loaded.restore(nowMs, entry);
      return loaded;
    };
    const order = (a: BookEntry, b: BookEntry) => (a.nodeId < b.nodeId ? -1 : 1);
    expect(load(T0, stored.book).recent(10_000).sort(order)).toEqual(book.recent(10_000).sort(order));
    expect(load(T0 + 31 * DAY_MS, stored.book).size).toBe(0);
  });

  it('what a clock that was ahead has written counts as of now', () => {
    const book = make();
    const stored = { ...node('a', '198.51.100.1'), tried: true, source16: '', fails: 0 };
    book.restore(T0, { ...stored, firstSeenMs: T0 + DAY_MS, lastSeenMs: T0 + 400 * DAY_MS });
    expect(book.get(stored.nodeId)).toMatchObject({ firstSeenMs: T0, lastSeenMs: T0 });
    expect(book.takeChanges()).toMatchObject([[stored.nodeId, { lastSeenMs: T0 }]]);
  });

  it('reports removals to the disk', () => {
    const book = make();
    const a = node('a', '198.51.100.1');
    book.offer(T0, a, '198.51.100.1');
    book.takeChanges();
    book.forget(a.nodeId);
    expect(book.takeChanges()).toEqual([[a.nodeId, undefined]]);
  });
});
