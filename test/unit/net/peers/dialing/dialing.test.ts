import { beforeAll, describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../../src/base/brand.js';
import { initKeccak } from '../../../../../src/crypto/keccak.js';
import { Conduct } from '../../../../../src/net/defense/conduct.js';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import { ConnectionTable } from '../../../../../src/net/peers/connection.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { DialCandidates } from '../../../../../src/net/peers/dialing/dial-candidates.js';
import { Dialing } from '../../../../../src/net/peers/dialing/dialing.js';
import { slotQuota } from '../../../../../src/net/peers/slots.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer, SINCE_MS } from './connect-peer.js';

const MINUTE_MS = 60_000;

function node(i: number): DialNode {
  const { nodeId, publicKey } = fakeIdentity(`node ${i}`);
  return { nodeId, publicKey, endpoint: { ip: `21.${i}.0.1`, tcpPort: 30303, udpPort: 30303 } };
}

function make({ maxPeers = 12, known = 0, dialBook = true, mayExchange = true } = {}) {
  const book = new AddressBook(seededRandom('book'));
  for (let i = 0; i < known; i++) book.offer(SINCE_MS, node(i), node(i).endpoint.ip);
  const candidates = new DialCandidates(seededRandom('candidates'), false);
  const connections = new ConnectionTable();
  const dialing = new Dialing(
    { random: seededRandom('dialing'), book, dialBook, seek: () => undefined, mayExchange: () => mayExchange },
    {
      ...{ localId: fakeIdentity('self').nodeId, candidates, connections, conduct: new Conduct() },
      ...{ trusted: new Set<NodeId>(), quota: slotQuota(maxPeers), mayReach: () => true, loopbackRoutable: false },
    },
  );
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
