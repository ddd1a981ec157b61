import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../../src/base/brand.js';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import type { NodeRecord } from '../../../../src/net/discovery/discovery.js';
import { compareDistance, logDistance } from '../../../../src/types/distance.js';
import { DiscoveryNetwork, enodeOf, type NetworkNode, publicIp } from '../../../support/discovery-network.js';
import { fakeIdentity } from '../../../support/fake-identity.js';
import { seededRandom } from '../../../support/seeded-random.js';

await initKeccak();

/** `count` nodes of which all but the first know the first; all started at once. */
function started(
  seed: number,
  count: number,
  address: (i: number) => { ip: string; port?: number },
): [DiscoveryNetwork, NetworkNode[]] {
  const network = new DiscoveryNetwork(seed);
  const first = network.add({ name: '0', ...address(0) });
  const others = Array.from({ length: count - 1 }, (_, i) =>
    network.add({ name: String(i + 1), ...address(i + 1), bootnodes: [enodeOf(first)] }),
  );
  const nodes = [first, ...others];
  for (const { discovery } of nodes) discovery.start(network.nowMs);
  return [network, nodes];
}

const known = ({ discovery }: NetworkNode): Set<NodeId> => new Set(discovery.tableView().map(({ nodeId }) => nodeId));

/** A digest of all that was sent: two runs are the same if and only if these are. */
const trace = (network: DiscoveryNetwork): string[] =>
  network.sent.map(({ from, to, data }) => `${from.ip}>${to.ip} ${Buffer.from(data).toString('hex')}`);

describe('a private network of four nodes behind one address', () => {
  it.each([1, 2, 3, 4, 5])('everyone knows everyone within 1.5 s (seed %i)', (seed) => {
    const [network, nodes] = started(seed, 4, (i) => ({ ip: '127.0.0.1', port: 30303 + i }));
    network.run(1500);
    for (const node of nodes) {
      const others = nodes.filter((other) => other !== node).map(({ identity }) => identity.nodeId);
      expect([...known(node)].sort()).toEqual(others.sort());
      expect([...node.reported.keys()].sort()).toEqual(others);
    }
  });

  it('fetches every record', () => {
    const [network, nodes] = started(6, 4, (i) => ({ ip: '127.0.0.1', port: 30303 + i }));
    network.run(2000);
    for (const { reported } of nodes) {
      expect([...reported.values()].map(({ enr, endpoint }) => enr?.endpoint?.tcpPort === endpoint.tcpPort)).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  it('finds a bootnode that starts later', () => {
    const network = new DiscoveryNetwork(7);
    const late = network.add({ name: 'late', ip: '10.0.0.1' });
    const node = network.add({ name: 'early', ip: '10.0.0.2', bootnodes: [enodeOf(late)] });
    network.remove(late);
    node.discovery.start(network.nowMs);
    network.run(60_000);
    expect(known(node).size).toBe(0);
    const back = network.add({ name: 'late', ip: '10.0.0.1' });
    back.discovery.start(network.nowMs);
    network.run(7_000);
    expect(known(node)).toEqual(new Set([late.identity.nodeId]));
    expect(known(back)).toEqual(new Set([node.identity.nodeId]));
  });
});

describe('a network of 50 nodes', () => {
  const [network, nodes] = started(11, 50, (i) => ({ ip: publicIp(i) }));
  network.run(8_000);

  it('has spread: everyone knows a third of the others', () => {
    for (const node of nodes) expect(known(node).size).toBeGreaterThan(16);
  });

  it('leads every lookup to the closest nodes', () => {
    for (let i = 0; i < 5; i++) {
      const target = fakeIdentity(`target ${i}`);
      const from = nodes[(i * 7) % nodes.length] as NetworkNode;
      const found: NodeRecord[] = [];
      from.discovery.lookup(network.nowMs, target.publicKey, (_, closest) => found.push(...closest));
      network.run(5_000);
      const expected = nodes
        .filter((node) => node !== from)
        .map(({ identity }) => identity.nodeId)
        .sort((a, b) => compareDistance(target.nodeId, a, b));
      expect(found.map(({ nodeId }) => nodeId)).toEqual(expected.slice(0, 16));
    }
  });

  it('goes quiet: an idle node sends no more than a packet a second', () => {
    const before = network.sent.length;
    network.run(10 * 60_000);
    expect((network.sent.length - before) / nodes.length / 600).toBeLessThan(1);
  });

  it('forgets nodes that are gone', () => {
    const gone = nodes.slice(25);
    for (const node of gone) network.remove(node);
    network.run(15 * 60_000);
    const dead = new Set(gone.map(({ identity }) => identity.nodeId));
    for (const node of nodes.slice(0, 25)) {
      expect([...known(node)].filter((id) => dead.has(id)).length).toBeLessThan(6);
      expect(known(node).size).toBeGreaterThan(12);
    }
  });
});

describe('a network of 8 nodes', () => {
  it('does the same when it is run again', () => {
    const run = (): string[] => {
      const [network] = started(14, 8, (i) => ({ ip: publicIp(i) }));
      network.run(5_000);
      return trace(network);
    };
    expect(run()).toEqual(run());
  });

  it('comes together although a tenth of all datagrams is lost', () => {
    const [network, nodes] = started(12, 8, (i) => ({ ip: publicIp(i) }));
    const luck = seededRandom('loss');
    network.isLost = () => luck.below(10) === 0;
    network.run(3 * 60_000);
    for (const node of nodes) expect(known(node).size).toBeGreaterThan(4);
  });
});

describe('a network of 400 nodes that came one after another', () => {
  const network = new DiscoveryNetwork(23);
  const nodes: NetworkNode[] = [];
  for (let i = 0; i < 400; i++) {
    const bootnodes = nodes.slice(0, 2).map(enodeOf);
    const node = network.add({ name: String(i), ip: publicIp(i), bootnodes });
    nodes.push(node);
    node.discovery.start(network.nowMs);
    network.run(40);
  }
  network.run(100_000);

  it('has no table without a node of a part of the network that has dozens', () => {
    const missing = nodes.flatMap((node) => {
      const table = bucketsOf(node.identity.nodeId, known(node));
      const all = bucketsOf(
        node.identity.nodeId,
        nodes.map(({ identity }) => identity.nodeId),
      );
      return [...all].filter(([bucket, ids]) => ids.length >= 24 && (table.get(bucket)?.length ?? 0) === 0);
    });
    expect(missing.length).toBeLessThan(5);
  });
});

function bucketsOf(self: NodeId, ids: Iterable<NodeId>): Map<number, NodeId[]> {
  const buckets = new Map<number, NodeId[]>();
  for (const id of ids) {
    const bucket = logDistance(self, id);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), id]);
  }
  return buckets;
}
