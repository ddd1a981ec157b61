import { BoundedMap } from '../../base/bounded.js';
import { canonicalIp, ipToBytes } from '../../types/ip.js';
import { type Cidr, inCidr, parseCidr } from '../defense/cidr.js';
import { g16, g24, type IpScope, ipScope } from '../defense/diversity.js';

/** Addresses that are no one's (RFC 6890): unspecified, protocol assignments, documentation, benchmarks, multicast, reserved. */
const SPECIAL: readonly Cidr[] = [
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/128',
  '100::/64',
  '2001:db8::/32',
  'ff00::/8',
]
  .map(parseCidr)
  .filter((cidr) => cidr !== undefined);

/** True if no node can be at `ip`, or it is no address at all. */
export function isSpecial(ip: string): boolean {
  const bytes = ipToBytes(ip);
  return bytes === undefined || SPECIAL.some((cidr) => inCidr(bytes, cidr));
}

/** Subnets as map keys: the IPv4 /24 or IPv6 /48, and the IPv6 /32. */
export interface Subnets {
  readonly near: string;
  readonly wide: string | undefined;
}

/** What follows from the text of an address alone. */
export interface AddressFacts {
  /** Undefined if the text is no address. */
  readonly canonical: string | undefined;
  readonly special: boolean;
  readonly scope: IpScope;
  readonly subnets: Subnets;
}

/** Addresses whose facts are kept: every datagram and every neighbour told of asks for them. */
const MAX_REMEMBERED = 16_384;
/** Facts never change, so that all tables of the process share them. */
const remembered = new BoundedMap<string, AddressFacts>(MAX_REMEMBERED);

/** The facts about the address in `ip`. */
export function addressFacts(ip: string): AddressFacts {
  let facts = remembered.peek(ip);
  if (facts === undefined) {
    const canonical = canonicalIp(ip);
    facts = {
      canonical: canonical === ip ? ip : canonical,
      special: isSpecial(ip),
      scope: ipScope(ip),
      subnets: { near: g24(ip), wide: ip.includes(':') ? g16(ip) : undefined },
    };
    remembered.set(ip, facts);
  }
  return facts;
}
