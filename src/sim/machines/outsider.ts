import type { PublicKey } from '../../base/brand.js';
import type { ConnId, NetInput } from '../../net/io.js';
import type { Identity, IdentityScheme } from '../../ports/identity.js';
import type { Random } from '../../ports/random.js';
import type { SocketAddress } from '../../types/endpoint.js';
import type { Channel } from '../../wire/channel.js';
import type { NatKind } from '../network/nat.js';
import type { Endhost, VirtualNetwork } from '../network/virtual-network.js';
import type { Scheduler } from '../scheduler.js';

/** What a program on a machine of its own has: the ports of a node, and the network. */
export interface OutsiderPorts {
  readonly identity: Identity;
  readonly scheme: IdentityScheme;
  readonly random: Random;
  readonly address: SocketAddress;
  nowMs(): number;
  /** Does something later, unless the machine is stopped by then. */
  after(ms: number, act: () => void): void;
  /** A further identity; the same for the same name. */
  newIdentity(name: string): Identity;
  /** The world's transport: RLPx or plain framing. With `remote`, the side that dials. */
  channel(identity: Identity, remote: PublicKey | undefined): Channel;
  sendDatagram(to: SocketAddress, data: Uint8Array): void;
  /** Opens a stream; what comes of it is an input. */
  dial(to: SocketAddress): ConnId;
  write(conn: ConnId, data: Uint8Array): void;
  close(conn: ConnId): void;
}

/** A program against the wire: what it does with what comes. It acts when it is made, and later through its ports. */
export type Program = (ports: OutsiderPorts) => (input: NetInput) => void;

/** A machine of the world that runs no node: an attacker, or a measuring instrument. */
export interface Outsider {
  readonly address: SocketAddress;
  readonly identity: Identity;
  start(): void;
  stop(): void;
}

/** Who it is and where. */
export interface OutsiderSpec {
  readonly name: string;
  readonly address: SocketAddress;
  readonly nat: NatKind;
  readonly random: Random;
  readonly program: Program;
}

/** What all machines of a world share. */
export interface OutsiderSurroundings {
  readonly scheduler: Scheduler;
  readonly network: VirtualNetwork;
  readonly scheme: IdentityScheme;
  readonly newIdentity: (name: string) => Identity;
  readonly channelFactory: (identity: Identity, random: Random, remote: PublicKey | undefined) => Channel;
}

const DIAL_TIMEOUT_MS = 15_000;

/** Makes a machine that is not started yet. */
export function createOutsider(spec: OutsiderSpec, around: OutsiderSurroundings): Outsider {
  const { scheduler, network, newIdentity } = around;
  const { name, address, nat, random, program } = spec;
  const identity = newIdentity(name);
  let running: Endhost | undefined;

  function portsOf(host: Endhost): OutsiderPorts {
    let nextConn: ConnId = 1;
    const channels = random.fork('channels');
    return {
      ...{ identity, address, scheme: around.scheme, random: random.fork('program'), nowMs: scheduler.nowMs },
      after(ms, act) {
        scheduler.at(scheduler.nowMs() + ms, () => {
          if (running === host) act();
        });
      },
      newIdentity: (purpose) => newIdentity(`${name}/${purpose}`),
      channel: (own, remote) => around.channelFactory(own, channels.fork(String(channels.float())), remote),
      sendDatagram: (to, data) => network.sendDatagram(host, to, data),
      dial(to) {
        const conn = nextConn;
        nextConn += 2;
        network.dial(host, conn, to, DIAL_TIMEOUT_MS);
        return conn;
      },
      write: (conn, data) => network.write(host, conn, data),
      close: (conn) => network.close(host, conn),
    };
  }

  return {
    ...{ address, identity },
    start() {
      let take: (input: NetInput) => void = () => undefined;
      const host: Endhost = { address, nat, deliver: (input) => running === host && take(input) };
      running = host;
      network.attach(host);
      take = program(portsOf(host));
    },
    stop() {
      const host = running;
      running = undefined;
      if (host !== undefined) network.detach(host);
    },
  };
}
