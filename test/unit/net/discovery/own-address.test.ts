import { beforeAll, describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { DiscoveryNetwork, enodeOf, publicIp } from '../../../support/discovery-network.js';

beforeAll(initKeccak);

interface Case {
  readonly name: string;
  /** Where the others see it. */
  readonly ip: string;
  /** Where those are who answer its pings. */
  readonly voter: (i: number) => string;
  readonly learned: boolean;
}

const CASES: readonly Case[] = [
  { name: 'of nodes in many /24', ip: '50.1.1.1', voter: publicIp, learned: true },
  { name: 'of nodes in one /24', ip: '50.1.1.1', voter: (i) => `20.0.0.${i + 1}`, learned: false },
  { name: 'of nodes in many IPv6 /32', ip: '2600::1', voter: (i) => `26${10 + i}:1::1`, learned: true },
  { name: 'of nodes in many /48 of one /32', ip: '2600::1', voter: (i) => `2601:1:${i + 1}::1`, learned: false },
  { name: 'of public nodes to which it seems private', ip: '192.168.1.5', voter: publicIp, learned: false },
  { name: 'of public nodes to which it seems special', ip: '198.18.0.1', voter: publicIp, learned: false },
  { name: 'of its LAN', ip: '192.168.1.5', voter: (i) => `192.168.2.${i + 1}`, learned: true },
];

describe('a node that was not told its address learns it from the pongs', () => {
  it.each(CASES)('$name: $learned', ({ ip, voter, learned }) => {
    const network = new DiscoveryNetwork(1);
    const voters = Array.from({ length: 12 }, (_, i) => network.add({ name: `${i}`, ip: voter(i) }));
    const unknown = { ip: '0.0.0.0', udpPort: 30303, tcpPort: 30303 };
    const subject = network.add({ name: 'subject', ip, endpoint: unknown, bootnodes: voters.map(enodeOf) });
    subject.discovery.start(network.nowMs);
    network.run(60_000);
    expect(network.sent.filter(({ to }) => to.ip === ip).length).toBeGreaterThanOrEqual(voters.length);
    expect(subject.discovery.localEnr().endpoint?.ip).toBe(learned ? ip : undefined);
  });
});
