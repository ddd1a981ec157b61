import { describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { DiscoveryNetwork, enodeOf, publicIp } from '../../../support/discovery-network.js';

await initKeccak();

/** Half of the network is in the farthest bucket, which has room for 16. */
const NODES = 60;

/** Whose records a node has that knows more nodes than its table has room for. */
function recordsOf(wantsNodes: () => boolean): { readonly inTable: readonly boolean[]; readonly beside: number } {
  const network = new DiscoveryNetwork(1);
  const boot = network.add({ name: 'boot', ip: publicIp(0) });
  boot.discovery.start(network.nowMs);
  const bootnodes = [enodeOf(boot)];
  const others = Array.from({ length: NODES }, (_, i) => network.add({ name: `${i}`, ip: publicIp(i + 1), bootnodes }));
  for (const { discovery } of others) discovery.start(network.nowMs);
  network.run(120_000);
  const node = network.add({ name: 'newcomer', ip: publicIp(100), bootnodes, wantsNodes });
  node.discovery.start(network.nowMs);
  network.run(120_000);
  for (const { identity } of others) {
    node.discovery.lookup(network.nowMs, identity.publicKey);
    network.run(2_000);
  }
  const has = (nodeId: (typeof node)['identity']['nodeId']): boolean => node.discovery.enrOf(nodeId) !== undefined;
  const table = node.discovery.tableView().filter(({ replacement }) => !replacement);
  const ids = new Set(table.map(({ nodeId }) => nodeId));
  return {
    inTable: table.map(({ nodeId }) => has(nodeId)),
    beside: others.filter(({ identity: { nodeId } }) => !ids.has(nodeId) && has(nodeId)).length,
  };
}

describe('the records of others', () => {
  it('are asked for while peers are wanted, whether the table has room or not', () => {
    const { inTable, beside } = recordsOf(() => true);
    expect(inTable).not.toContain(false);
    expect(beside).toBeGreaterThan(0);
  });

  it('are asked for by a node that has its peers only of those in its table', () => {
    const { inTable, beside } = recordsOf(() => false);
    expect(inTable.length).toBeGreaterThan(16);
    expect(inTable).not.toContain(false);
    expect(beside).toBe(0);
  });
});
