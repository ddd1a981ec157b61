import type { ConnId, DialFailure, NetInput } from '../../net/io.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { Scheduler } from '../scheduler.js';
import type { Links, Site } from './links.js';
import type { Nat } from './nat.js';
import type { Endhost } from './virtual-network.js';

/** A machine that runs, and its ends of streams. */
export interface Machine {
  readonly host: Endhost;
  readonly site: Site;
  /** What is between it and the network, if there is something. */
  readonly nat: Nat | undefined;
  readonly ends: Map<ConnId, StreamEnd>;
}

/** One side of a TCP stream. */
export interface StreamEnd {
  readonly machine: Machine;
  readonly conn: ConnId;
  /** Undefined until the other side has accepted. */
  peer: StreamEnd | undefined;
  /** `vanished`: the machine is gone, and the other side does not know. */
  state: 'open' | 'closed' | 'vanished';
  paused: boolean;
  /** What came while paused, and until all that was goes on, in order. */
  held: NetInput[];
  /** When the last of what it sent so far arrives: what comes after does not overtake it. */
  arrivesMs: number;
  /** Bytes written that the other side's program has not read. */
  unread: number;
  /** The writer was told that its buffer is full. */
  full: boolean;
  /** Something it sent got lost, and TCP tries again until it gives up. */
  breaking: boolean;
}

/** The streams between the machines of a network. Those of one machine share its queues, message after message. */
export interface Streams {
  dial(from: Machine, conn: ConnId, to: SocketAddress, timeoutMs: number): void;
  write(end: StreamEnd, data: Uint8Array): void;
  close(end: StreamEnd): void;
  setPaused(end: StreamEnd, paused: boolean): void;
  /** The program ended: its operating system resets its streams. */
  resetAll(machine: Machine): void;
  /** The machine is off: its streams stay half open. */
  vanish(machine: Machine): void;
}

/** Who is at which address. */
export interface Listeners {
  /** Who answers to a stranger: a machine, a machine without a listener there (`nobody`), or nothing at all. */
  at(address: SocketAddress): Machine | 'nobody' | 'nothing';
  /** True if the machine there is off. */
  isDark(site: Site): boolean;
}

/** How long TCP keeps trying before it gives a stream up whose packets get lost: a world's choice, and short. */
const PARTITION_LOSS_MS = 15_000;
/** The same where the other machine is off: what Linux comes to with 15 retransmissions (ip-sysctl, tcp_retries2). */
const RETRANSMISSION_MS = 924_600;
/** Of IPv4 and TCP, for each segment. */
const SEGMENT_HEADER_BYTES = 40;
/** What an Ethernet frame holds of a stream. */
const SEGMENT_BYTES = 1_460;
/** A stream is full with so much in its buffers: 1 MiB in the program, as in the real host, and the rest in the two systems. */
const FULL_BYTES = 4 * 1024 * 1024;
/** The program's buffer is empty again when there is no more than this. */
const DRAINED_BYTES = 3 * 1024 * 1024;

const onWire = (bytes: number): number => bytes + SEGMENT_HEADER_BYTES * (1 + Math.floor(bytes / SEGMENT_BYTES));
const CONTROL_BYTES = onWire(0);

/** No streams yet. */
export function createStreams(scheduler: Scheduler, links: Links, listeners: Listeners): Streams {
  let nextInbound: ConnId = 2;

  function addEnd(machine: Machine, conn: ConnId): StreamEnd {
    const end: StreamEnd = {
      machine,
      conn,
      peer: undefined,
      state: 'open',
      paused: false,
      held: [],
      arrivesMs: 0,
      unread: 0,
      full: false,
      breaking: false,
    };
    machine.ends.set(conn, end);
    return end;
  }

  /** Runs `arrive` when so many bytes have got there, behind all that queues with them. */
  function send(from: Site, to: Site, bytes: number, arrive: () => void, notBeforeMs = 0): number {
    const atMs = Math.max(notBeforeMs, links.arrivalMs(from, to, bytes, scheduler.nowMs()));
    scheduler.at(atMs, () => {
      const nowMs = scheduler.nowMs();
      const receivedMs = links.receivedMs(to, bytes, nowMs);
      if (receivedMs === nowMs) arrive();
      else scheduler.at(receivedMs, arrive);
    });
    return atMs;
  }

  function finish(end: StreamEnd, error: string | undefined): void {
    if (end.state !== 'open') return;
    end.state = 'closed';
    end.machine.ends.delete(end.conn);
    end.machine.host.deliver({ kind: 'stream-closed', conn: end.conn, error });
  }

  function deliver(end: StreamEnd, input: NetInput): void {
    if (end.state !== 'open') return;
    // What was held goes on in an event of its own: nothing overtakes it until then.
    if (end.paused || end.held.length > 0) {
      end.held.push(input);
      return;
    }
    if (input.kind === 'stream-closed') {
      finish(end, input.error);
      return;
    }
    if (input.kind === 'stream-data' && end.peer !== undefined) wasRead(end.peer, input.data.length);
    end.machine.host.deliver(input);
  }

  function wasRead(writer: StreamEnd, bytes: number): void {
    writer.unread -= bytes;
    if (!writer.full || writer.unread > DRAINED_BYTES) return;
    writer.full = false;
    scheduler.at(scheduler.nowMs(), () => {
      if (writer.state === 'open') writer.machine.host.deliver({ kind: 'stream-drained', conn: writer.conn });
    });
  }

  /** Its sender, and then the other side, find out that nothing arrives any more. */
  function breakStream(end: StreamEnd, afterMs: number): void {
    if (end.breaking) return;
    end.breaking = true;
    scheduler.at(scheduler.nowMs() + afterMs, () => {
      finish(end, 'ETIMEDOUT');
      if (end.peer !== undefined) finish(end.peer, 'ETIMEDOUT');
    });
  }

  /** Something was sent to a machine that knows nothing of the stream: it was off, and may be on again. */
  function sentToVanished(end: StreamEnd, peer: StreamEnd): void {
    const { site } = peer.machine;
    if (listeners.isDark(site)) breakStream(end, RETRANSMISSION_MS);
    else send(site, end.machine.site, CONTROL_BYTES, () => finish(end, 'ECONNRESET'));
  }

  /** Brings `input` to the other side of `end`, if that is still there and reachable when it arrives. */
  function across(end: StreamEnd, bytes: number, inputFor: (peer: StreamEnd) => NetInput): void {
    const peer = end.peer;
    if (peer === undefined) return;
    const arrive = (): void => {
      if (peer.state === 'closed') return;
      if (!links.connected(end.machine.site, peer.machine.site)) breakStream(end, PARTITION_LOSS_MS);
      else if (peer.state === 'vanished') sentToVanished(end, peer);
      // A stream has no holes: what comes after something that got lost waits for it until TCP gives up.
      else if (!end.breaking) deliver(peer, inputFor(peer));
    };
    end.arrivesMs = send(end.machine.site, peer.machine.site, bytes, arrive, end.arrivesMs);
  }

  return {
    dial(from, conn, to, timeoutMs) {
      const dialing = addEnd(from, conn);
      const fail = (failure: DialFailure): void => {
        if (dialing.state !== 'open') return;
        dialing.state = 'closed';
        from.ends.delete(conn);
        from.host.deliver({ kind: 'dial-failed', conn, failure });
      };
      const site = links.known(to.ip);
      if (site === undefined) {
        scheduler.at(scheduler.nowMs() + timeoutMs, () => fail('timeout'));
        return;
      }
      send(from.site, site, CONTROL_BYTES, () => {
        const target = links.connected(from.site, site) ? listeners.at(to) : 'nothing';
        if (target === 'nothing') {
          scheduler.at(scheduler.nowMs() + timeoutMs, () => fail('timeout'));
          return;
        }
        if (target === 'nobody') {
          send(site, from.site, CONTROL_BYTES, () => fail('refused'));
          return;
        }
        if (dialing.state !== 'open') return;
        const accepted = addEnd(target, nextInbound);
        nextInbound += 2;
        accepted.peer = dialing;
        dialing.peer = accepted;
        // A dialer's port is any free one; that of the connection's number is as good as another.
        const remote = { ip: from.site.ip, port: 32_768 + (conn % 28_000) };
        across(accepted, CONTROL_BYTES, () => ({ kind: 'stream-opened', conn, remote: to, direction: 'out' }));
        target.host.deliver({ kind: 'stream-opened', conn: accepted.conn, remote, direction: 'in' });
      });
    },
    write(end, data) {
      end.unread += data.length;
      if (!end.full && end.unread > FULL_BYTES) {
        end.full = true;
        scheduler.at(scheduler.nowMs(), () => {
          if (end.state === 'open') end.machine.host.deliver({ kind: 'stream-full', conn: end.conn });
        });
      }
      across(end, onWire(data.length), (peer) => ({ kind: 'stream-data', conn: peer.conn, data }));
    },
    close(end) {
      across(end, CONTROL_BYTES, (peer) => ({ kind: 'stream-closed', conn: peer.conn, error: undefined }));
      scheduler.at(scheduler.nowMs(), () => finish(end, undefined));
    },
    setPaused(end, paused) {
      end.paused = paused;
      if (paused) return;
      scheduler.at(scheduler.nowMs(), () => {
        const held = end.held;
        end.held = [];
        for (const input of held) deliver(end, input);
      });
    },
    resetAll(machine) {
      for (const end of machine.ends.values()) {
        across(end, CONTROL_BYTES, (peer) => ({ kind: 'stream-closed', conn: peer.conn, error: 'ECONNRESET' }));
        end.state = 'closed';
      }
      machine.ends.clear();
    },
    vanish(machine) {
      for (const end of machine.ends.values()) end.state = 'vanished';
      machine.ends.clear();
    },
  };
}
