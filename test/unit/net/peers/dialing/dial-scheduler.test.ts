import { beforeAll, describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../../src/base/brand.js';
import { initKeccak } from '../../../../../src/crypto/keccak.js';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import type { ConnectionTable } from '../../../../../src/net/peers/connection.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { DialScheduler } from '../../../../../src/net/peers/dialing/dial-scheduler.js';
import { slotQuota } from '../../../../../src/net/peers/slots.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer } from './connect-peer.js';
import { dialContext, dialNode } from './dial-context.js';

const T0 = 1_700_000_000_000;
const REFILL_MS = 5_000;

const digit = Number.parseInt(dialContext().localId.charAt(2), 16);

/** A node whose id begins with this hexadecimal digit. */
function startingWith(first: number, i: number): DialNode {
  const { nodeId, ...rest } = dialNode(`${i}`, `198.51.${i}.1`);
  return { ...rest, nodeId: `0x${first.toString(16)}${nodeId.slice(3)}` as NodeId };
}

/** One of our own half of the ids. */
const near = (i: number): DialNode => startingWith(digit ^ 4, i);

/** Nobody is connected yet. */
function make(maxPeers = 25) {
  const book = new AddressBook(seededRandom('book'));
  const seeks: number[] = [];
  const context = dialContext({ maxPeers });
  const { candidates, connections } = context;
  const scheduler = new DialScheduler(book, true, context, (nowMs) => seeks.push(nowMs));
  return { book, candidates, connections, scheduler, seeks };
}

function leave(connections: ConnectionTable, { nodeId }: DialNode): void {
  const connection = connections.of(nodeId);
  if (connection === undefined) throw new Error('it is not connected');
  connections.retire(connection);
}

beforeAll(initKeccak);

describe('dial scheduler', () => {
  it('dials nodes of the book in all free slots at once, before others can come', () => {
    const { book, scheduler } = make();
    for (let i = 0; i < 40; i++) book.onSuccess(T0, dialNode(`${i}`, `${20 + i}.0.0.1`));
    expect(scheduler.next(T0)).toHaveLength(slotQuota(25).dialed);
  });

  it('takes nodes from the book while it has some, and then searches', () => {
    const { book, candidates, scheduler, seeks } = make();
    for (let i = 0; i < 3; i++) book.onSuccess(T0, dialNode(`${i}`, `198.51.${i}.1`));
    scheduler.next(T0);
    expect([candidates.size, seeks]).toEqual([3, []]);
    scheduler.next(T0 + REFILL_MS);
    expect(seeks).toEqual([T0 + REFILL_MS]);
  });

  it('searches if the book knows only nodes for which there is no room', () => {
    const { book, candidates, scheduler, seeks } = make();
    for (let i = 0; i < 40; i++) candidates.offer(T0, dialNode(`waiting ${i}`, `198.51.${i}.1`));
    for (let i = 0; i < 40; i++) book.onSuccess(T0, dialNode(`known ${i}`, `198.51.${i}.2`));
    scheduler.next(T0);
    expect([candidates.size, seeks]).toEqual([32, [T0]]);
  });

  it('dials one whose id is like those of its peers, rather than leave a slot empty for long', () => {
    const { candidates, connections, scheduler } = make();
    // Half of the 8 slots, all taken by our own half of the ids.
    for (let i = 0; i < 4; i++) connectPeer(connections, near(i), 'out');
    for (let i = 4; i < 7; i++) candidates.offer(T0, near(i));
    const dialed: number[] = [];
    for (let s = 0; s < 60; s++) {
      const dials = scheduler.next(T0 + s * 1_000);
      if (dials.length > 0) dialed.push(s);
      expect(dials.length).toBeLessThanOrEqual(1);
      for (const { nodeId } of dials) candidates.setBusy(nodeId);
    }
    // The first may have no room: the next look tries the next.
    expect(dialed).toEqual([25, 30, 35]);
  });

  it('loses no patience by those who prove their keys and then say that they are full', () => {
    const { candidates, connections, scheduler } = make();
    for (let i = 0; i < 7; i++) connectPeer(connections, near(i), 'out');
    for (let i = 7; i < 10; i++) candidates.offer(T0, near(i));
    const dialed: number[] = [];
    for (let s = 0; s < 60; s++) {
      for (const full of scheduler.next(T0 + s * 1_000)) {
        dialed.push(s);
        candidates.setBusy(full.nodeId);
        connectPeer(connections, full, 'out', { ip: full.endpoint.ip, ready: false });
        expect(scheduler.next(T0 + s * 1_000)).toEqual([]);
        leave(connections, full);
        candidates.slotFreed();
      }
    }
    expect(dialed).toEqual([25, 30, 35]);
  });

  it('has its whole patience again for a slot that is freed later', () => {
    const { candidates, connections, scheduler } = make();
    for (let i = 0; i < 7; i++) connectPeer(connections, near(i), 'out');
    for (let i = 7; i < 10; i++) candidates.offer(T0, near(i));
    const lookUntilDial = (fromS: number): { atS: number; peer: DialNode } => {
      for (let s = fromS; s < fromS + 60; s++) {
        const [peer] = scheduler.next(T0 + s * 1_000);
        if (peer !== undefined) return { atS: s, peer };
      }
      throw new Error('nobody is dialed');
    };
    const first = lookUntilDial(0);
    expect(first.atS).toBe(25);
    candidates.setBusy(first.peer.nodeId);
    connectPeer(connections, first.peer, 'out');
    scheduler.next(T0 + 26_000);
    leave(connections, near(0));
    candidates.slotFreed();
    expect(lookUntilDial(100).atS).toBe(125);
  });

  it('keeps nobody waiting who fits when its patience with the others ends', () => {
    const { candidates, connections, scheduler } = make();
    for (let i = 0; i < 4; i++) connectPeer(connections, near(i), 'out');
    candidates.offer(T0, near(4));
    for (let s = 0; s < 25; s++) expect(scheduler.next(T0 + s * 1_000)).toEqual([]);
    const fitting = [startingWith(digit ^ 8, 5), startingWith(digit ^ 12, 6)];
    for (const each of fitting) candidates.offer(T0 + 25_000, each);
    expect(scheduler.next(T0 + 25_000)).toEqual(fitting);
  });

  it('looks past the crowded subnets of the book', () => {
    const { book, candidates, scheduler } = make();
    for (let i = 0; i < 40; i++) candidates.offer(T0, dialNode(`waiting ${i}`, `198.51.${i}.1`));
    for (let i = 0; i < 40; i++) book.onSuccess(T0, dialNode(`known ${i}`, `198.51.${i}.2`));
    const other = dialNode('other', '203.0.113.1');
    book.onSuccess(T0, other);
    for (let i = 0; i < 10; i++) scheduler.next(T0 + i * REFILL_MS);
    expect(candidates.has(other.nodeId)).toBe(true);
  });

  it('rests while its slots are taken, and looks again soon after one is free', () => {
    const { candidates, scheduler } = make(0);
    scheduler.next(T0);
    scheduler.next(T0 + REFILL_MS);
    expect(scheduler.nextWake()).toBe(Number.POSITIVE_INFINITY);
    candidates.slotFreed();
    scheduler.next(T0 + 60_000);
    expect(scheduler.nextWake()).toBe(T0 + 60_000 + REFILL_MS);
  });
});
