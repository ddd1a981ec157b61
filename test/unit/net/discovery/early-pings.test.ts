import { describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { DiscoveryNetwork, enodeOf, publicIp } from '../../../support/discovery-network.js';

await initKeccak();

describe('pings to a node that has just started', () => {
  it('lead neither into its table nor to a dial before it has looked around itself', () => {
    const network = new DiscoveryNetwork(1);
    const boot = network.add({ name: 'boot', ip: '50.0.0.1' });
    network.remove(boot);
    const restarted = network.add({ name: 'restarted', ip: '51.0.0.1', bootnodes: [enodeOf(boot)] });
    restarted.discovery.start(network.nowMs);
    const early = network.add({ name: 'early', ip: '52.0.0.1', bootnodes: [enodeOf(restarted)] });
    early.discovery.start(network.nowMs);
    network.run(300);
    expect([restarted.reported.size, restarted.discovery.tableView()]).toEqual([0, []]);
    network.run(1000);
    expect(restarted.reported.has(early.identity.nodeId)).toBe(true);
    expect(restarted.discovery.tableView().map(({ nodeId }) => nodeId)).toEqual([early.identity.nodeId]);
  });

  it('however many, do not keep those that its bootnode knows from being the first to be dialed', () => {
    const network = new DiscoveryNetwork(1);
    const boot = network.add({ name: 'boot', ip: publicIp(0) });
    boot.discovery.start(network.nowMs);
    const bootnodes = [enodeOf(boot)];
    const honest = Array.from({ length: 20 }, (_, i) => network.add({ name: `${i}`, ip: publicIp(i + 1), bootnodes }));
    for (const { discovery } of honest) discovery.start(network.nowMs);
    network.run(300_000);
    const newcomer = network.add({ name: 'newcomer', ip: publicIp(100), bootnodes });
    const strangers = Array.from({ length: 20 }, (_, i) =>
      network.add({ name: `stranger ${i}`, ip: publicIp(150 + i), bootnodes: [enodeOf(newcomer)] }),
    );
    const order: string[] = [];
    newcomer.onReport = ({ nodeId }) => order.push(nodeId);
    for (const { discovery } of [newcomer, ...strangers]) discovery.start(network.nowMs);
    network.run(10_000);
    const first = new Set(order.slice(0, 16));
    expect(strangers.filter(({ identity }) => first.has(identity.nodeId))).toEqual([]);
    expect(strangers.filter(({ identity }) => order.includes(identity.nodeId)).length).toBeGreaterThan(10);
  });
});
