import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../../../src/net/peers/address-book.js';
import type { DialNode } from '../../../../../src/net/peers/dial-node.js';
import { chooseDials } from '../../../../../src/net/peers/dialing/choose-dials.js';
import { DialScheduler } from '../../../../../src/net/peers/dialing/dial-scheduler.js';
import { fakeIdentity } from '../../../../support/fake-identity.js';
import { seededRandom } from '../../../../support/seeded-random.js';
import { connectPeer } from './connect-peer.js';
import { dialContext, dialNode } from './dial-context.js';

const T0 = 1_700_000_000_000;

describe('choice of dials', () => {
  it.each([
    { name: 'a peer that we dialed', direction: 'out', slot: 'out', dials: 0 },
    { name: 'a peer that dialed us', direction: 'in', slot: 'in', dials: 1 },
    // Else each further dial is refused by our own admission, again and again.
    { name: 'a peer that dialed us and took the place of our dial', direction: 'in', slot: 'out', dials: 0 },
    { name: 'a peer that we dialed and that took the place of its dial', direction: 'out', slot: 'in', dials: 1 },
  ] as const)('with one slot of its own, and $name', ({ direction, slot, dials }) => {
    const context = dialContext({ maxPeers: 3 });
    context.candidates.offer(T0, dialNode('a', '21.0.0.1'));
    connectPeer(context.connections, fakeIdentity('peer'), direction, { slot });
    expect(chooseDials(T0, context)).toHaveLength(dials);
    const scheduler = new DialScheduler(new AddressBook(seededRandom('book')), true, context, () => undefined);
    expect(scheduler.wantsNodes()).toBe(dials > 0);
  });

  describe('of 200 nodes whose ids are near ours', () => {
    const base = dialContext().localId;
    /** All share the first 8 bits with us. */
    const near = (i: number, ip: string): DialNode => {
      const tail = fakeIdentity(`near ${i}`).nodeId.slice(4);
      return { ...dialNode(`near ${i}`, ip), nodeId: `${base.slice(0, 4)}${tail}` as DialNode['nodeId'] };
    };
    it.each([
      { name: 'on the internet, one is dialed', ip: (i: number) => `11.${i}.0.1`, dials: 1 },
      { name: 'in our LAN, as many as there are slots', ip: (i: number) => `10.0.0.${i + 1}`, dials: 8 },
    ])('$name', ({ ip, dials }) => {
      const context = dialContext();
      for (let i = 0; i < 200; i++) context.candidates.offer(T0, near(i, ip(i)));
      expect(chooseDials(T0, context)).toHaveLength(dials);
    });
  });

  it.each([
    { name: 'loopback is no subnet', loopbackRoutable: false, dials: 4 },
    { name: 'loopback counts as one where it is made routable', loopbackRoutable: true, dials: 2 },
  ])('of four nodes on one machine: $name', ({ loopbackRoutable, dials }) => {
    const localId = `0x${'0'.repeat(64)}` as DialNode['nodeId'];
    const context = dialContext({ loopbackRoutable, localId });
    const ids = ['8', '9', 'a', 'b'].map((first) => `0x${first.padEnd(64, '0')}` as DialNode['nodeId']);
    for (const [i, nodeId] of ids.entries())
      context.candidates.offer(T0, { ...dialNode(`${i}`, `127.0.0.${i + 1}`), nodeId });
    expect(chooseDials(T0, context)).toHaveLength(dials);
  });
});
