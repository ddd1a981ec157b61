import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../../src/crypto/keccak.js';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { Dialing } from '../../../../../src/net/peers/dialing/dialing.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer, SINCE_MS } from './connect-peer.js';
import { dialContext, dialNode } from './dial-context.js';

const MINUTE_MS = 60_000;

const node = (i: number): DialNode => dialNode(`node ${i}`, `21.${i}.0.1`);

function make({ maxPeers = 12, known = 0, dialBook = true, mayExchange = true } = {}) {
  const book = new AddressBook(seededRandom('book'));
  for (let i = 0; i < known; i++) book.offer(SINCE_MS, node(i), node(i).endpoint.ip);
  const context = dialContext({ maxPeers });
  const { candidates, connections } = context;
  const deps = { random: seededRandom('dialing'), book, seek: () => undefined, mayExchange: () => mayExchange };
  const dialing = new Dialing(deps, dialBook, context);
  dialing.start(SINCE_MS);
  /** Makes the dials of the next quarter of an hour, or of the first moment that has some; what they are for. */
  const dial = (untilSome = false): string[] => {
    const kinds: string[] = [];
    for (let s = 1; s < 900 && !(untilSome && kinds.length > 0); s++) {
      for (const { node: to, purpose } of dialing.next(SINCE_MS + s * 1_000)) {
        kinds.push(purpose.kind);
        candidates.setBusy(to.nodeId);
        if (purpose.kind !== 'replace') connectPeer(connections, to, 'out');
      }
    }
    return kinds;
  };
  return { book, candidates, connections, dialing, dial };
}

beforeAll(initKeccak);

describe('dialing', () => {
  it('has a lost peer rejoin if no dial of the same moment took the only slot', () => {
    const lost = node(100);
    const alone = make({ maxPeers: 1 });
    alone.dialing.onSilence(SINCE_MS - MINUTE_MS, lost, 0);
    expect(alone.dial(true)).toEqual(['rejoin']);
    const late = make({ maxPeers: 1 });
    late.dialing.onSilence(SINCE_MS - MINUTE_MS, lost, 0);
    late.candidates.offer(SINCE_MS, node(101));
    expect(late.dial(true)).toEqual(['fill']);
  });

  it.each([
    { name: 'exchanges its first peers', settings: {}, exchanges: true },
    { name: 'not while the peers are needed as they are', settings: { mayExchange: false }, exchanges: false },
    { name: 'nor where nobody of the book is dialed', settings: { dialBook: false }, exchanges: false },
  ])('$name', ({ settings, exchanges }) => {
    const { connections, dial } = make({ known: 40, ...settings });
    for (let i = 200; i < 204; i++) connectPeer(connections, node(i), 'out');
    const kinds = dial();
    expect(kinds.includes('replace')).toBe(exchanges);
    expect(kinds.filter((kind) => kind !== 'replace')).toEqual([]);
  });

  it('drops a node that is to be forgotten from all that it would be dialed from', () => {
    const { book, candidates, dialing, dial } = make({ known: 1 });
    const forgotten = node(0);
    candidates.offer(SINCE_MS, forgotten);
    dialing.onSilence(SINCE_MS - MINUTE_MS, forgotten, 0);
    dialing.forget(forgotten.nodeId);
    expect(book.get(forgotten.nodeId)).toBeUndefined();
    expect(dial()).toEqual([]);
  });
});
