import { describe, expect, it } from 'vitest';
import { Conduct } from '../../../../../src/net/defense/conduct.js';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import { ConnectionTable } from '../../../../../src/net/peers/connection.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { chooseDials } from '../../../../../src/net/peers/dialing/choose-dials.js';
import { DialCandidates } from '../../../../../src/net/peers/dialing/dial-candidates.js';
import { DialScheduler } from '../../../../../src/net/peers/dialing/dial-scheduler.js';
import { slotQuota } from '../../../../../src/net/peers/slots.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer } from './connect-peer.js';

const T0 = 1_700_000_000_000;

function node(name: string, ip: string): DialNode {
  const { nodeId, publicKey } = fakeIdentity(name);
  return { nodeId, publicKey, endpoint: { ip, tcpPort: 30303, udpPort: 30303 } };
}

describe('choice of dials', () => {
  it.each([
    { name: 'a peer that we dialed', direction: 'out', slot: 'out', dials: 0 },
    { name: 'a peer that dialed us', direction: 'in', slot: 'in', dials: 1 },
    // Else each further dial is refused by our own admission, again and again.
    { name: 'a peer that dialed us and took the place of our dial', direction: 'in', slot: 'out', dials: 0 },
    { name: 'a peer that we dialed and that took the place of its dial', direction: 'out', slot: 'in', dials: 1 },
  ] as const)('with one slot of its own, and $name', ({ direction, slot, dials }) => {
    const candidates = new DialCandidates(seededRandom('candidates'), false);
    candidates.offer(T0, node('a', '21.0.0.1'));
    const connections = new ConnectionTable();
    connectPeer(connections, fakeIdentity('peer'), direction, slot);
    const context = {
      ...{ localId: fakeIdentity('self').nodeId, candidates, connections, conduct: new Conduct() },
      ...{ trusted: new Set<DialNode['nodeId']>(), quota: slotQuota(3), mayReach: () => true, loopbackRoutable: false },
    };
    expect(chooseDials(T0, context)).toHaveLength(dials);
    const scheduler = new DialScheduler(new AddressBook(seededRandom('book')), true, context, () => undefined);
    expect(scheduler.wantsNodes()).toBe(dials > 0);
  });

  describe('of 200 nodes whose ids are near ours', () => {
    const base = fakeIdentity('self').nodeId;
    /** All share the first 8 bits with us. */
    const near = (i: number, ip: string): DialNode => {
      const tail = fakeIdentity(`near ${i}`).nodeId.slice(4);
      return { ...node(`near ${i}`, ip), nodeId: `${base.slice(0, 4)}${tail}` as DialNode['nodeId'] };
    };
    it.each([
      { name: 'on the internet, one is dialed', ip: (i: number) => `11.${i}.0.1`, dials: 1 },
      { name: 'in our LAN, as many as there are slots', ip: (i: number) => `10.0.0.${i + 1}`, dials: 8 },
    ])('$name', ({ ip, dials }) => {
      const candidates = new DialCandidates(seededRandom('candidates'), false);
      for (let i = 0; i < 200; i++) candidates.offer(T0, near(i, ip(i)));
      const context = {
        ...{ localId: base, candidates, connections: new ConnectionTable(), conduct: new Conduct() },
        ...{ trusted: new Set<DialNode['nodeId']>(), quota: slotQuota(25), mayReach: () => true },
        loopbackRoutable: false,
      };
      expect(chooseDials(T0, context)).toHaveLength(dials);
    });
  });

  it.each([
    { name: 'loopback is no subnet', loopbackRoutable: false, dials: 4 },
    { name: 'loopback counts as one where it is made routable', loopbackRoutable: true, dials: 2 },
  ])('of four nodes on one machine: $name', ({ loopbackRoutable, dials }) => {
    const candidates = new DialCandidates(seededRandom('candidates'), loopbackRoutable);
    const ids = ['8', '9', 'a', 'b'].map((first) => `0x${first.padEnd(64, '0')}` as DialNode['nodeId']);
    for (const [i, nodeId] of ids.entries()) candidates.offer(T0, { ...node(`${i}`, `127.0.0.${i + 1}`), nodeId });
    const context = {
      ...{ localId: `0x${'0'.repeat(64)}` as DialNode['nodeId'], candidates, connections: new ConnectionTable() },
      ...{ conduct: new Conduct(), trusted: new Set<DialNode['nodeId']>(), quota: slotQuota(25) },
      ...{ mayReach: () => true, loopbackRoutable },
    };
    expect(chooseDials(T0, context)).toHaveLength(dials);
  });
});
