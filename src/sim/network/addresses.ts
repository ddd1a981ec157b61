import { invariant } from '../../base/invariant.js';
import type { SocketAddress } from '../../types/endpoint.js';

/** Where a machine is to be. Any numbers will do as names: what counts is which of them are equal. */
export interface Whereabouts {
  readonly family: 'ipv4' | 'ipv6';
  /** The autonomous system: who announces the subnets to the internet. */
  readonly asn: number;
  /** Which IPv4 /16 (IPv6 /32) of this system. */
  readonly wide: number;
  /** Which IPv4 /24 (IPv6 /48) of that. */
  readonly near: number;
}

/** Hands out addresses, none of them twice. */
export interface AddressPlan {
  /** Somewhere public: each in a /16 of its own for the first 25,600, so that limits by subnet don't touch honest nodes. */
  anywhere(): SocketAddress;
  /** One at the place that was asked for. */
  at(place: Whereabouts): SocketAddress;
  /** The system that an address of `at` belongs to. */
  asnOf(ip: string): number | undefined;
}

const PORT = 30303;
/** Addresses of a /24 that machines can have. */
export const HOSTS_OF_24 = 254;
/** First bytes of addresses anywhere, a hundred; 100 is left out, since carriers have some of it for themselves (RFC 6598). */
const ANYWHERE = [...Array.from({ length: 80 }, (_, i) => 20 + i), ...Array.from({ length: 20 }, (_, i) => 101 + i)];
/** First bytes of planned IPv4 addresses: apart from those of `anywhere`, and without special ranges (RFC 6890). */
const FIRST_BYTES = [
  ...Array.from({ length: 41 }, (_, i) => 128 + i),
  ...Array.from({ length: 18 }, (_, i) => 173 + i),
  ...Array.from({ length: 5 }, (_, i) => 193 + i),
  ...Array.from({ length: 19 }, (_, i) => 204 + i),
];

/** A plan of its own for each world: the same places asked for in the same order give the same addresses. */
export function createAddressPlan(): AddressPlan {
  const prefixes = new Map<string, string>(); // BOUNDED: by the scenario
  const asns = new Map<string, number>(); // BOUNDED: by the scenario
  const nearOf = new Map<string, number>(); // BOUNDED: by the scenario
  const hosts = new Map<string, number>(); // BOUNDED: by the scenario
  const wides = { ipv4: 0, ipv6: 0 };
  let places = 0;

  /** The next /16 or /32 that nobody has. */
  function newWide(family: Whereabouts['family']): string {
    const index = wides[family]++;
    if (family === 'ipv6') {
      invariant(index < 0xffff, 'there is a /32 left');
      return `2a00:${(index + 1).toString(16)}`;
    }
    const first = FIRST_BYTES[index % FIRST_BYTES.length];
    const second = Math.floor(index / FIRST_BYTES.length);
    invariant(first !== undefined && second < 256, 'there is a /16 left');
    return `${first}.${second}`;
  }

  function next(counts: Map<string, number>, name: string): number {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count;
  }

  /** The prefix that goes by this name; a new one from `make` the first time. */
  function prefixOf(name: string, make: () => string): string {
    let prefix = prefixes.get(name);
    if (prefix === undefined) {
      prefix = make();
      prefixes.set(name, prefix);
    }
    return prefix;
  }

  return {
    anywhere() {
      const index = places++;
      const first = ANYWHERE[index % ANYWHERE.length] as number;
      const second = Math.floor(index / 100) % 256;
      const third = Math.floor(index / 25_600) % 256;
      return { ip: `${first}.${second}.${third}.1`, port: PORT };
    },
    at({ family, asn, wide, near }) {
      const wideName = `${family}/${asn}/${wide}`;
      const widePrefix = prefixOf(wideName, () => newWide(family));
      asns.set(widePrefix, asn);
      const nearPrefix = prefixOf(`${wideName}/${near}`, () => {
        const index = next(nearOf, widePrefix);
        invariant(family === 'ipv6' || index < 256, 'there is a /24 left');
        // No group of zeros: the text is the canonical one as it stands (RFC 5952).
        return family === 'ipv6' ? `${widePrefix}:${(index + 1).toString(16)}` : `${widePrefix}.${index}`;
      });
      const host = next(hosts, nearPrefix) + 1;
      invariant(host <= HOSTS_OF_24, `${nearPrefix} has an address left`);
      return { ip: family === 'ipv6' ? `${nearPrefix}::${host.toString(16)}` : `${nearPrefix}.${host}`, port: PORT };
    },
    asnOf(ip) {
      const separator = ip.includes(':') ? ':' : '.';
      return asns.get(ip.split(separator).slice(0, 2).join(separator));
    },
  };
}
