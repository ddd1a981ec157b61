import type { ConnId, NetInput } from '../../net/io.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { Scheduler } from '../scheduler.js';
import { createFlyingDatagrams } from './flying-datagrams.js';
import type { Links, Site } from './links.js';
import { createNat, type NatKind } from './nat.js';
import { createStreams, type Machine } from './streams.js';

/** A machine on the virtual network: one address, one TCP listener and one UDP socket on the same port. */
export interface Endhost {
  /** Behind NAT: the external ip, and the port within. */
  readonly address: SocketAddress;
  /** What is between it and the network; nothing (`open`) unless told otherwise. */
  readonly nat?: NatKind | undefined;
  readonly deliver: (input: NetInput) => void;
}

/** What a node's host asks of the network. */
export interface VirtualNetwork {
  attach(host: Endhost): void;
  /** The process is gone at once, as by kill -9: its streams end with a reset, what comes for it is lost. */
  detach(host: Endhost): void;
  /** The machine is gone at once, as by a power cut: nobody is told, and nothing that is sent to it is answered. */
  unplug(host: Endhost): void;
  sendDatagram(from: Endhost, to: SocketAddress, data: Uint8Array): void;
  dial(from: Endhost, conn: ConnId, to: SocketAddress, timeoutMs: number): void;
  write(from: Endhost, conn: ConnId, data: Uint8Array): void;
  close(from: Endhost, conn: ConnId): void;
  setPaused(from: Endhost, conn: ConnId, paused: boolean): void;
}

/** Of IPv4 and UDP. */
const DATAGRAM_HEADER_BYTES = 28;

/** An empty network whose messages take the time and the losses of `links`. */
export function createVirtualNetwork(scheduler: Scheduler, links: Links): VirtualNetwork {
  const sites = new Map<Site, Map<number, Machine>>(); // BOUNDED: by the machines of the world
  const machines = new Map<Endhost, Machine>(); // BOUNDED: by the machines of the world
  /** Machines behind NAT or a firewall, one at an address. */
  const hidden = new Map<Site, Machine>(); // BOUNDED: by the machines of the world
  /** Addresses whose machine has lost its power. */
  const dark = new Set<Site>(); // BOUNDED: by the machines of the world
  const datagrams = createFlyingDatagrams();
  const streams = createStreams(scheduler, links, {
    isDark: (site) => dark.has(site),
    at({ ip, port }) {
      const site = links.known(ip);
      if (site === undefined || dark.has(site)) return 'nothing';
      return machineAt(site, port) ?? (hidden.has(site) ? 'nothing' : 'nobody');
    },
  });

  const machineAt = (site: Site, port: number): Machine | undefined => sites.get(site)?.get(port);

  /** Who gets a datagram that `from` sent to this port. */
  function receiver(site: Site, port: number, from: SocketAddress): Machine | undefined {
    const open = machineAt(site, port);
    if (open !== undefined) return open;
    const machine = hidden.get(site);
    return machine?.nat?.lets(port, from, scheduler.nowMs()) === true ? machine : undefined;
  }

  /** The address that others see a datagram come from. */
  function sourceOf({ host, nat, site }: Machine, to: SocketAddress): SocketAddress {
    return nat === undefined ? host.address : { ip: site.ip, port: nat.outgoing(to, scheduler.nowMs()) };
  }

  function leave(host: Endhost): Machine | undefined {
    const machine = machines.get(host);
    if (machine === undefined) return undefined;
    machines.delete(host);
    if (machine.nat === undefined) sites.get(machine.site)?.delete(host.address.port);
    else hidden.delete(machine.site);
    return machine;
  }

  return {
    attach(host) {
      const site = links.site(host.address.ip);
      const { nat: kind = 'open', address } = host;
      const nat = kind === 'open' ? undefined : createNat(kind, address.port);
      const machine: Machine = { host, site, nat, ends: new Map() };
      machines.set(host, machine);
      if (nat !== undefined) {
        hidden.set(site, machine);
      } else {
        const ports = sites.get(site) ?? new Map<number, Machine>();
        ports.set(address.port, machine);
        sites.set(site, ports);
      }
      dark.delete(site);
    },
    detach(host) {
      const machine = leave(host);
      if (machine !== undefined) streams.resetAll(machine);
    },
    unplug(host) {
      const machine = leave(host);
      if (machine === undefined) return;
      streams.vanish(machine);
      dark.add(machine.site);
    },
    sendDatagram(from, to, data) {
      const sender = machines.get(from);
      if (sender === undefined || links.losesDatagram(sender.site)) return;
      const site = links.known(to.ip);
      if (site === undefined) return;
      const bytes = data.length + DATAGRAM_HEADER_BYTES;
      const source = sourceOf(sender, to);
      const datagram = datagrams.fly(data);
      scheduler.at(links.datagramArrivalMs(sender.site, site, bytes, scheduler.nowMs()), () => {
        if (!links.connected(sender.site, site)) {
          datagrams.lose(datagram);
          return;
        }
        const deliver = (): void => {
          const machine = receiver(site, to.port, source);
          if (machine === undefined) datagrams.lose(datagram);
          else machine.host.deliver({ kind: 'datagram', from: source, data: datagrams.deliver(datagram) });
        };
        const nowMs = scheduler.nowMs();
        const receivedMs = links.datagramReceivedMs(site, bytes, nowMs);
        if (receivedMs === nowMs) deliver();
        else scheduler.at(receivedMs, deliver);
      });
    },
    dial(from, conn, to, timeoutMs) {
      const machine = machines.get(from);
      if (machine !== undefined) streams.dial(machine, conn, to, timeoutMs);
    },
    write(from, conn, data) {
      const end = machines.get(from)?.ends.get(conn);
      if (end !== undefined) streams.write(end, data);
    },
    close(from, conn) {
      const end = machines.get(from)?.ends.get(conn);
      if (end !== undefined) streams.close(end);
    },
    setPaused(from, conn, paused) {
      const end = machines.get(from)?.ends.get(conn);
      if (end !== undefined) streams.setPaused(end, paused);
    },
  };
}
