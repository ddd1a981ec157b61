import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../src/crypto/keccak.js';
import { enodeOf, type NodeOptions, TestNet, type TestNode } from './swarm-net.js';

const MINUTE_MS = 60_000;
const PLACE_LOST = 'its place goes to another node';

beforeAll(initKeccak);

/** A node of four dialed slots comes to 17 others that have chosen as many each. */
function network(own: NodeOptions = {}) {
  const net = new TestNet('settling in');
  const bootnode = net.add({ maxPeers: 12 });
  const bootnodes = [enodeOf(bootnode)];
  for (let i = 0; i < 16; i++) net.add({ maxPeers: 12, bootnodes });
  net.run(30_000);
  const node = net.add({ maxPeers: 12, bootnodes, ...own });
  net.run(10_000);
  return { net, bootnode, node };
}

const dialedBy = (net: TestNet, node: TestNode): string[] =>
  node.swarm.peers(net.nowMs).flatMap(({ id, network }) => (network.inbound ? [] : [id]));

describe('a node that starts for the first time', () => {
  it('exchanges its peers in the first minutes, one after the other, and never leaves a slot empty', () => {
    const { net, node } = network();
    const seen = new Set(dialedBy(net, node));
    expect(seen.size).toBe(4);
    let before = [...seen];
    for (let i = 0; i < 720; i++) {
      net.run(1_000);
      const now = dialedBy(net, node);
      expect(now.length).toBeGreaterThanOrEqual(4);
      expect(node.swarm.peers(net.nowMs).length).toBeLessThanOrEqual(12);
      expect(before.filter((id) => !now.includes(id)).length).toBeLessThanOrEqual(1);
      for (const id of now) seen.add(id);
      before = now;
    }
    expect(seen.size).toBeGreaterThan(6);
    // Whoever had its place for a while is no failure.
    const partings = net.nodes.flatMap(({ swarm }) => swarm.failures().filter(({ detail }) => detail === PLACE_LOST));
    expect(partings).toEqual([]);
    const parted = node.events.filter((event) => event.kind === 'drop' && event.reason === 'too-many-peers');
    expect(parted.length).toBeGreaterThan(1);
  });

  it('keeps its peers where it finds no others', () => {
    const { net, node } = network();
    const before = dialedBy(net, node);
    expect(before).toHaveLength(4);
    for (const other of [...net.nodes]) {
      if (other !== node && !before.includes(other.swarm.nodeInfo().id)) net.crash(other);
    }
    net.run(12 * MINUTE_MS);
    expect(dialedBy(net, node).sort()).toEqual(before.sort());
  });

  it('keeps its static peers', () => {
    const { net, bootnode, node } = network({ staticPeers: [] });
    node.swarm.addPeer(net.nowMs, bootnode.enode);
    net.run(12 * MINUTE_MS);
    const drops = node.events.filter(({ kind, peer }) => kind === 'drop' && peer === bootnode.swarm.nodeInfo().id);
    expect(drops).toEqual([]);
  });
});
