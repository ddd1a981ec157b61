import type { SocketAddress } from '../../types/endpoint.js';

/**
 * How a machine can be reached (RFC 4787's terms beside those of RFC 3489). Through none of these but `open` does a stream
 * come in; all let streams out.
 *
 * - `open`: by everybody.
 * - `full-cone`: one external port, and whoever sends there gets in (endpoint-independent mapping and filtering).
 * - `address-restricted`: one external port, for the addresses that it has sent to (address-dependent filtering).
 * - `symmetric`: an external port for each address and port it sends to, and only from there (address- and port-dependent).
 * - `firewalled`: its own address and port, but only answers get in.
 */
export type NatKind = 'open' | 'full-cone' | 'address-restricted' | 'symmetric' | 'firewalled';

/** What is between a machine and the network. */
export interface Nat {
  /** The external port that a datagram to `to` leaves by; opens or refreshes the way back. */
  outgoing(to: SocketAddress, nowMs: number): number;
  /** True if a datagram that `from` sent to this external port gets in. */
  lets(port: number, from: SocketAddress, nowMs: number): boolean;
}

/** How long a way back stays open after the last datagram that left by it: the least that RFC 4787 allows (REQ-5). */
export const MAPPING_MS = 120_000;
/** External ports of mappings; discv4 tells nobody of lower ones. */
const FIRST_PORT = 10_000;
const PORTS = 50_000;

/** A device of this kind with one machine behind it, whose own port is `port`. */
export function createNat(kind: Exclude<NatKind, 'open'>, port: number): Nat {
  switch (kind) {
    case 'full-cone':
      return cone(
        (_from, isOpen) => isOpen('any'),
        () => 'any',
      );
    case 'address-restricted':
      return cone(
        (from, isOpen) => isOpen(from.ip),
        (to) => to.ip,
      );
    case 'symmetric':
      return symmetric();
    case 'firewalled':
      return firewall(port);
  }
}

const nameOf = ({ ip, port }: SocketAddress): string => `${ip}:${port}`;

/** Names with the time until which each is open. Those that ran out are dropped on the way, oldest first. */
function createWays<T>(): {
  open(name: string, value: T, nowMs: number): void;
  get(name: string, nowMs: number): T | undefined;
} {
  // BOUNDED: by the peers that one machine sends to within MAPPING_MS
  const ways = new Map<string, { readonly value: T; readonly untilMs: number }>();
  return {
    open(name, value, nowMs) {
      ways.delete(name);
      for (const [oldest, { untilMs }] of ways) {
        if (untilMs > nowMs) break;
        ways.delete(oldest);
      }
      ways.set(name, { value, untilMs: nowMs + MAPPING_MS });
    },
    get(name, nowMs) {
      const way = ways.get(name);
      return way === undefined || way.untilMs <= nowMs ? undefined : way.value;
    },
  };
}

/** One external port for all, another one after a silence. */
function cone(
  lets: (from: SocketAddress, isOpen: (name: string) => boolean) => boolean,
  wayOf: (to: SocketAddress) => string,
): Nat {
  const ways = createWays<true>();
  let port = FIRST_PORT;
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    outgoing(to, nowMs) {
      if (untilMs <= nowMs) port = FIRST_PORT + ((port + 1 - FIRST_PORT) % PORTS);
      untilMs = nowMs + MAPPING_MS;
      ways.open(wayOf(to), true, nowMs);
      return port;
    },
    lets: (at, from, nowMs) =>
      at === port && untilMs > nowMs && lets(from, (name) => ways.get(name, nowMs) !== undefined),
  };
}

function symmetric(): Nat {
  const ports = createWays<number>();
  const sources = createWays<string>();
  let next = 0;
  return {
    outgoing(to, nowMs) {
      const name = nameOf(to);
      const port = ports.get(name, nowMs) ?? FIRST_PORT + (next++ % PORTS);
      ports.open(name, port, nowMs);
      sources.open(String(port), name, nowMs);
      return port;
    },
    lets: (port, from, nowMs) => sources.get(String(port), nowMs) === nameOf(from),
  };
}

function firewall(port: number): Nat {
  const ways = createWays<true>();
  return {
    outgoing(to, nowMs) {
      ways.open(nameOf(to), true, nowMs);
      return port;
    },
    lets: (at, from, nowMs) => at === port && ways.get(nameOf(from), nowMs) !== undefined,
  };
}
