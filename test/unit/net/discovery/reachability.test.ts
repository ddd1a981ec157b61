import { describe, expect, it } from 'vitest';
import { initKeccak } from '../../../../src/crypto/keccak.js';
import { createAddressRules } from '../../../../src/net/discovery/address-rules.js';
import { Reachability } from '../../../../src/net/discovery/reachability.js';
import { DiscoveryNetwork, enodeOf, publicIp } from '../../../support/discovery-network.js';

await initKeccak();

const T0 = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RULES = createAddressRules({ loopbackRoutable: false, groupLimits: true });

interface Deed {
  readonly kind: 'send' | 'ping' | 'pong' | 'accept';
  readonly ip: string;
  readonly atMs: number;
}

interface Case {
  readonly name: string;
  readonly deeds: readonly Deed[];
  /** At 9 minutes, 11 minutes, 69 minutes, 71 minutes, 81 minutes. */
  readonly open: readonly boolean[];
}

const start: Deed = { kind: 'send', ip: '20.0.0.1', atMs: 0 };
const ping = (ip: string, atMs: number): Deed => ({ kind: 'ping', ip, atMs });
const pong = (ip: string, atMs: number): Deed => ({ kind: 'pong', ip, atMs });
const accept = (ip: string, atMs: number): Deed => ({ kind: 'accept', ip, atMs });
const CASES: readonly Case[] = [
  { name: 'nobody comes', deeds: [start], open: [true, false, false, true, false] },
  { name: 'a session is opened', deeds: [start, accept('21.0.0.1', 1)], open: [true, true, true, true, true] },
  {
    name: 'a session is opened later',
    deeds: [start, accept('21.0.0.1', 30 * MINUTE_MS)],
    open: [true, false, true, true, true],
  },
  {
    name: 'two strangers ping',
    deeds: [start, ping('21.0.0.1', 1), ping('22.0.0.1', 2)],
    open: [true, true, true, true, true],
  },
  {
    name: 'two strangers of one subnet ping',
    deeds: [start, ping('21.0.0.1', 1), ping('21.0.0.2', 2)],
    open: [true, false, false, true, false],
  },
  {
    name: 'two strangers of one IPv6 /32 ping',
    deeds: [start, ping('2600:1:1::1', 1), ping('2600:1:2::1', 2)],
    open: [true, false, false, true, false],
  },
  {
    name: 'those that it sent to ping',
    deeds: [
      start,
      ping('20.0.0.1', 1),
      { kind: 'send', ip: '21.0.0.1', atMs: 2 },
      ping('21.0.0.1', 3),
      ping('22.0.0.1', 4),
    ],
    open: [true, false, false, true, false],
  },
  {
    name: 'those that it sent to long ago ping',
    deeds: [start, accept('21.0.0.1', 1), ping('20.0.0.1', 10 * MINUTE_MS), ping('21.0.0.1', 10 * MINUTE_MS)],
    open: [true, true, true, true, true],
  },
  {
    name: 'a session is opened from its own side of the NAT',
    deeds: [start, pong('20.0.0.1', 1), accept('127.0.0.1', 2), accept('192.168.0.2', 3)],
    open: [true, false, false, true, false],
  },
  {
    name: 'a session is opened from its own side of the NAT before anybody answered',
    deeds: [accept('127.0.0.1', 1), start, pong('20.0.0.1', 2)],
    open: [true, false, false, true, false],
  },
  {
    name: 'a session is opened from outside before anybody answered',
    deeds: [accept('21.0.0.1', 1), start, pong('20.0.0.1', 2)],
    open: [true, true, true, true, true],
  },
  {
    name: 'strangers on its own side of the NAT ping',
    deeds: [start, pong('20.0.0.1', 1), ping('192.168.0.2', 2), ping('192.168.1.2', 3)],
    open: [true, false, false, true, false],
  },
  {
    name: 'a session is opened in a network of local addresses only',
    deeds: [{ ...start, ip: '192.168.0.2' }, pong('192.168.0.2', 1), accept('192.168.0.3', 2)],
    open: [true, true, true, true, true],
  },
];

describe('reachability', () => {
  it.each(CASES)('$name', ({ deeds, open }) => {
    const reach = new Reachability(RULES, () => []);
    const rest = [...deeds];
    const looks = [9, 11, 69, 71, 81].map((minute) => {
      const atMs = minute * MINUTE_MS;
      for (let next = rest[0]; next !== undefined && next.atMs <= atMs; next = rest[0]) {
        rest.shift();
        reach.isOpen(T0 + next.atMs);
        if (next.kind === 'accept') reach.accepted(T0 + next.atMs, next.ip);
        else if (next.kind === 'pong') reach.answered(T0 + next.atMs, next.ip);
        else if (next.kind === 'send') reach.sentTo(T0 + next.atMs, next.ip);
        else reach.pinged(T0 + next.atMs, next.ip);
      }
      return reach.isOpen(T0 + atMs);
    });
    expect(looks).toEqual(open);
  });

  it('is asked again after six hours, and says when it changes by itself', () => {
    const reach = new Reachability(RULES, () => []);
    expect(reach.nextWake()).toBe(Number.POSITIVE_INFINITY);
    reach.accepted(T0, '21.0.0.1');
    expect(reach.nextWake()).toBe(T0 + 6 * HOUR_MS);
    expect(reach.isOpen(T0 + 6 * HOUR_MS)).toBe(true);
    expect(reach.nextWake()).toBe(T0 + 6 * HOUR_MS + 10 * MINUTE_MS);
  });
});

describe('a session that was opened by somebody else', () => {
  it.each([
    { name: 'from a public address is a sign as long as it is up', ip: '21.0.0.1', open: true },
    { name: 'from a local address is none in the public network', ip: '10.0.0.1', open: false },
  ])('$name', ({ ip, open }) => {
    const up = [ip];
    const reach = new Reachability(RULES, () => up);
    reach.answered(T0, '20.0.0.1');
    reach.accepted(T0, '21.0.0.1');
    const isOpenAt = (hours: number) => {
      for (let atMs = reach.nextWake(); atMs <= T0 + hours * HOUR_MS; atMs = reach.nextWake()) reach.isOpen(atMs);
      return reach.isOpen(T0 + hours * HOUR_MS);
    };
    expect([isOpenAt(6.1), isOpenAt(6.5), isOpenAt(24.5)]).toEqual([true, open, open]);
    up.pop();
    expect(isOpenAt(48.5)).toBe(false);
  });
});

describe('a small network in which all are connected', () => {
  it('has nobody who says after some hours that it can not be dialed', () => {
    const network = new DiscoveryNetwork(1);
    const unknown = { ip: '0.0.0.0', udpPort: 30303, tcpPort: 30303 };
    const bootnode = network.add({ name: '0', ip: publicIp(0), endpoint: unknown, acceptedFrom: () => [publicIp(1)] });
    const bootnodes = [enodeOf(bootnode)];
    const others = [1, 2, 3].map((i) => {
      const acceptedFrom = () => [publicIp((i + 1) % 4)];
      return network.add({ name: String(i), ip: publicIp(i), endpoint: unknown, bootnodes, acceptedFrom });
    });
    const all = [bootnode, ...others];
    for (const { discovery } of all) discovery.start(network.nowMs);
    network.run(1000);
    for (const { discovery } of all) discovery.onAccepted(network.nowMs, publicIp(9));
    network.run(6.5 * HOUR_MS);
    expect(all.map(({ discovery }) => discovery.localEnr().pairs.has('tcp'))).toEqual([true, true, true, true]);
    expect(bootnode.discovery.tableView().map(({ endpoint }) => endpoint.tcpPort)).toEqual([30303, 30303, 30303]);
  });
});

/** What comes to `ip` is let in only for two minutes after it sent there itself. */
function firewall(network: DiscoveryNetwork, ip: string): void {
  const sentAtMs = new Map<string, number>();
  network.isLost = ({ from, to }) => {
    if (from.ip === ip) sentAtMs.set(to.ip, network.nowMs);
    const openMs = (sentAtMs.get(from.ip) ?? Number.NEGATIVE_INFINITY) + 2 * MINUTE_MS;
    return to.ip === ip && network.nowMs > openMs;
  };
}

describe('a node behind a firewall', () => {
  /** Three nodes know each other, and the first. */
  function world(firewalled: boolean) {
    const network = new DiscoveryNetwork(1);
    const bootnode = network.add({ name: 'bootnode', ip: publicIp(0) });
    const ips = [publicIp(1), publicIp(2), publicIp(3), publicIp(4)] as const;
    const unknown = { ip: '0.0.0.0', udpPort: 30303, tcpPort: 30303 };
    const [subject, ...others] = ips.map((ip, i) =>
      network.add({ name: String(i), ip, bootnodes: [enodeOf(bootnode)], ...(i === 0 ? { endpoint: unknown } : {}) }),
    );
    if (subject === undefined) throw new Error('there are four');
    if (firewalled) firewall(network, ips[0]);
    bootnode.discovery.start(network.nowMs);
    subject.discovery.start(network.nowMs);
    // They come one by one, so that strangers find out about it.
    for (const other of others) {
      network.run(MINUTE_MS);
      other.discovery.start(network.nowMs);
    }
    network.run(20 * MINUTE_MS);
    return { network, bootnode, subject };
  }

  it.each([
    { name: 'says after a while that it can not be dialed', firewalled: true, tcpPort: 0 },
    { name: 'says nothing of the kind without the firewall', firewalled: false, tcpPort: 30303 },
  ])('$name, and others know', ({ firewalled, tcpPort }) => {
    const { network, bootnode, subject } = world(firewalled);
    expect(subject.discovery.localEnr().pairs.has('tcp')).toBe(tcpPort > 0);
    const known = bootnode.discovery.tableView().find(({ nodeId }) => nodeId === subject.identity.nodeId);
    expect(known?.endpoint.tcpPort).toBe(tcpPort);

    const newcomer = network.add({ name: 'newcomer', ip: publicIp(5), bootnodes: [enodeOf(bootnode)] });
    newcomer.discovery.start(network.nowMs);
    network.run(3_000);
    const found = newcomer.discovery.tableView().some(({ nodeId }) => nodeId === subject.identity.nodeId);
    expect(found).toBe(!firewalled);
  });

  it('tells all that it knows within minutes, many as they are', () => {
    const network = new DiscoveryNetwork(2);
    const bootnode = network.add({ name: 'bootnode', ip: publicIp(0) });
    const bootnodes = [enodeOf(bootnode)];
    const others = Array.from({ length: 80 }, (_, i) => network.add({ name: `${i}`, ip: publicIp(2 + i), bootnodes }));
    const unknown = { ip: '0.0.0.0', udpPort: 30303, tcpPort: 30303 };
    const subject = network.add({ name: 'subject', ip: publicIp(1), endpoint: unknown, bootnodes });
    firewall(network, publicIp(1));
    const all = [bootnode, subject, ...others];
    for (const { discovery } of all) discovery.start(network.nowMs);
    const portsTold = () => {
      const views = [bootnode, ...others].flatMap(({ discovery }) => discovery.tableView());
      return new Set(
        views.filter(({ nodeId }) => nodeId === subject.identity.nodeId).map(({ endpoint }) => endpoint.tcpPort),
      );
    };
    network.run(9 * MINUTE_MS);
    expect(portsTold()).toEqual(new Set([30303]));
    network.run(6 * MINUTE_MS);
    expect(portsTold()).toEqual(new Set([0]));
  });
});
