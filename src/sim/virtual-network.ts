import type { ConnId, NetInput } from '../net/io.js';
import type { SocketAddress } from '../types/endpoint.js';
import type { Links } from './links.js';
import type { Scheduler } from './scheduler.js';

/** A machine on the virtual network: one address, one TCP listener and one UDP socket on the same port. */
export interface Endhost {
  readonly address: SocketAddress;
  readonly deliver: (input: NetInput) => void;
}

/** What a node's host asks of the network. */
export interface VirtualNetwork {
  attach(host: Endhost): void;
  /** The machine is gone at once, as by kill -9: its streams end, what comes for it is lost. */
  detach(host: Endhost): void;
  sendDatagram(from: Endhost, to: SocketAddress, data: Uint8Array): void;
  dial(from: Endhost, conn: ConnId, to: SocketAddress, timeoutMs: number): void;
  write(from: Endhost, conn: ConnId, data: Uint8Array): void;
  close(from: Endhost, conn: ConnId): void;
  setPaused(from: Endhost, conn: ConnId, paused: boolean): void;
}

/** How long TCP keeps trying before it gives a stream up whose packets get lost. */
const STREAM_LOSS_MS = 15_000;

interface StreamEnd {
  readonly host: Endhost;
  readonly conn: ConnId;
  /** Undefined until the other side has accepted. */
  peer: StreamEnd | undefined;
  open: boolean;
  paused: boolean;
  /** What came while paused, in order. */
  held: NetInput[];
}

/** An empty network whose messages take the time and the losses of `links`. */
export function createVirtualNetwork(scheduler: Scheduler, links: Links): VirtualNetwork {
  const hosts = new Map<string, Endhost>();
  const ends = new Map<Endhost, Map<ConnId, StreamEnd>>();
  let nextInbound: ConnId = 2;

  const nameOf = (address: SocketAddress): string => `${address.ip}:${address.port}`;
  const endOf = (host: Endhost, conn: ConnId): StreamEnd | undefined => ends.get(host)?.get(conn);
  const after = (a: Endhost, b: SocketAddress, run: () => void): void =>
    scheduler.at(scheduler.nowMs() + links.delayMs(a.address.ip, b.ip), run);

  function addEnd(host: Endhost, conn: ConnId): StreamEnd {
    const end: StreamEnd = { host, conn, peer: undefined, open: true, paused: false, held: [] };
    ends.get(host)?.set(conn, end);
    return end;
  }

  function deliver(end: StreamEnd, input: NetInput): void {
    if (!end.open) return;
    if (end.paused) end.held.push(input);
    else if (input.kind === 'stream-closed') finish(end, input);
    else end.host.deliver(input);
  }

  function finish(end: StreamEnd, input: NetInput): void {
    if (!end.open) return;
    end.open = false;
    ends.get(end.host)?.delete(end.conn);
    end.host.deliver(input);
  }

  /** Both sides find out that nothing arrives any more. */
  function breakStream(end: StreamEnd): void {
    const peer = end.peer;
    scheduler.at(scheduler.nowMs() + STREAM_LOSS_MS, () => {
      finish(end, { kind: 'stream-closed', conn: end.conn, error: 'ETIMEDOUT' });
      if (peer !== undefined) finish(peer, { kind: 'stream-closed', conn: peer.conn, error: 'ETIMEDOUT' });
    });
  }

  /** Brings `input` to the other side of `end`, if that is still there and reachable when it arrives. */
  function across(end: StreamEnd, inputFor: (peer: StreamEnd) => NetInput): void {
    const peer = end.peer;
    if (peer === undefined) return;
    after(end.host, peer.host.address, () => {
      if (!peer.open) return;
      if (links.connected(end.host.address.ip, peer.host.address.ip)) deliver(peer, inputFor(peer));
      else breakStream(end);
    });
  }

  return {
    attach(host) {
      hosts.set(nameOf(host.address), host);
      ends.set(host, new Map());
    },
    detach(host) {
      hosts.delete(nameOf(host.address));
      for (const end of ends.get(host)?.values() ?? []) {
        across(end, (peer) => ({ kind: 'stream-closed', conn: peer.conn, error: 'ECONNRESET' }));
        end.open = false;
      }
      ends.delete(host);
    },
    sendDatagram(from, to, data) {
      if (links.losesDatagram()) return;
      after(from, to, () => {
        const target = hosts.get(nameOf(to));
        if (target === undefined || !links.connected(from.address.ip, to.ip)) return;
        target.deliver({ kind: 'datagram', from: from.address, data });
      });
    },
    dial(from, conn, to, timeoutMs) {
      const dialing = addEnd(from, conn);
      const fail = (failure: 'refused' | 'timeout'): void => {
        if (!dialing.open) return;
        dialing.open = false;
        ends.get(from)?.delete(conn);
        from.deliver({ kind: 'dial-failed', conn, failure });
      };
      after(from, to, () => {
        if (!links.connected(from.address.ip, to.ip)) {
          scheduler.at(scheduler.nowMs() + timeoutMs, () => fail('timeout'));
          return;
        }
        const target = hosts.get(nameOf(to));
        if (target === undefined) {
          after(from, to, () => fail('refused'));
          return;
        }
        if (!dialing.open) return;
        const accepted = addEnd(target, nextInbound);
        nextInbound += 2;
        accepted.peer = dialing;
        dialing.peer = accepted;
        // A dialer's port is any free one; that of the connection's number is as good as another.
        const remote = { ip: from.address.ip, port: 32_768 + (conn % 28_000) };
        target.deliver({ kind: 'stream-opened', conn: accepted.conn, remote, direction: 'in' });
        after(target, from.address, () => {
          if (dialing.open) from.deliver({ kind: 'stream-opened', conn, remote: to, direction: 'out' });
        });
      });
    },
    write(from, conn, data) {
      const end = endOf(from, conn);
      if (end !== undefined) across(end, (peer) => ({ kind: 'stream-data', conn: peer.conn, data }));
    },
    close(from, conn) {
      const end = endOf(from, conn);
      if (end === undefined) return;
      across(end, (peer) => ({ kind: 'stream-closed', conn: peer.conn, error: undefined }));
      scheduler.at(scheduler.nowMs(), () => finish(end, { kind: 'stream-closed', conn, error: undefined }));
    },
    setPaused(from, conn, paused) {
      const end = endOf(from, conn);
      if (end === undefined) return;
      end.paused = paused;
      if (paused) return;
      scheduler.at(scheduler.nowMs(), () => {
        const held = end.held;
        end.held = [];
        for (const input of held) deliver(end, input);
      });
    },
  };
}
