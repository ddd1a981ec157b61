import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../src/crypto/keccak.js';
import { readStoredPeers } from '../../../src/net/peers/peer-store.js';
import { enodeOf, storedAfter, TestNet, type TestNode } from './swarm-net.js';

const publicAt = (index: number) => ({ ip: `20.${index}.0.1`, port: 30_303 });
const peersOf = (net: TestNet, node: TestNode): number => node.swarm.peers(net.nowMs).length;
/** Either of the two has the lower id for some of them. */
const KEYS = [1, 2, 3, 4, 5, 6];

beforeAll(initKeccak);

/** Two nodes that find, and so dial, each other at the same moment. */
function crossed(key: number, guests = 0) {
  const net = new TestNet(`crossed ${key}`);
  const first = net.add({ key, listen: publicAt(1), maxPeers: 3 }); // one dialed, two accepted
  for (let i = 0; i < guests; i++)
    net.add({ key: 40 + i, listen: publicAt(3 + i), noDiscovery: true, staticPeers: [enodeOf(first)] });
  net.run(1_000);
  const second = net.add({ key: key + 10, listen: publicAt(2), maxPeers: 3, bootnodes: [enodeOf(first)] });
  net.run(1_000);
  return { net, first, second };
}

describe('two nodes that dial each other at once', () => {
  it.each(KEYS)(
    'give it the slot that its direction takes, so that newcomers find as many as ever (keys %i)',
    (key) => {
      const { first, second } = crossed(key);
      const uses = [first, second].map(({ swarm }) => {
        const { peersInbound, peersOutbound, dialedSlots, dials } = swarm.counters();
        expect(dials).toBe(1);
        return { peersInbound, peersOutbound, dialedSlots };
      });
      uses.sort((a, b) => a.peersInbound - b.peersInbound);
      expect(uses).toEqual([
        { peersInbound: 0, peersOutbound: 1, dialedSlots: 1 },
        { peersInbound: 1, peersOutbound: 0, dialedSlots: 0 },
      ]);
    },
  );

  it.each(KEYS)('both remember that they have reached the other (keys %i)', (key) => {
    const { net, first, second } = crossed(key);
    const books = [first, second].map(({ swarm }) => readStoredPeers(storedAfter(swarm.takeBatch(net.nowMs))).book);
    expect(books).toMatchObject([
      [{ tried: true, endpoint: { ip: second.address.ip } }],
      [{ tried: true, endpoint: { ip: first.address.ip } }],
    ]);
  });

  it.each(KEYS)('are peers even if one has no inbound slot (keys %i)', (key) => {
    const { net, first, second } = crossed(key, 2);
    expect([peersOf(net, first), peersOf(net, second)]).toEqual([3, 1]);
    expect(first.swarm.counters().dialedSlots).toBe(1);
  });
});
