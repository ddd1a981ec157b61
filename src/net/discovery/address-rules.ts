import { BoundedMap } from '../../base/bounded.js';
import { canonicalIp, ipToBytes } from '../../types/ip.js';
import { type Cidr, inCidr, parseCidr } from '../defense/cidr.js';
import { g16, g24, groupLimitsApply, type IpScope, ipScope } from '../defense/diversity.js';

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

/** Which addresses the rules against cheap identities apply to. */
export interface AddressRulesConfig {
  /** Treats loopback and LAN addresses as public ones. */
  readonly loopbackRoutable: boolean;
  /** False: no limit by address or subnet at all. */
  readonly groupLimits: boolean;
}

/** What may be done with an address under one configuration. Addresses are in canonical form except where said. */
export interface AddressRules {
  /** The canonical form of any address; undefined if the text is none. */
  canonical(text: string): string | undefined;
  /** The IPv4 /24 or IPv6 /48 that `ip` counts for, and the IPv6 /32; undefined where no limit by subnet applies. */
  subnets(ip: string): Subnets | undefined;
  /**
   * True if a node at `relayer` may tell us of one at `ip` with this UDP port. Else a lie in NEIGHBORS would make us
   * send to networks and services that the liar can't reach itself (reflection, A9).
   */
  mayRelay(relayer: string, ip: string, udpPort: number): boolean;
}

/** Subnets as map keys. */
export interface Subnets {
  readonly near: string;
  readonly wide: string | undefined;
}

interface Facts {
  readonly canonical: string | undefined;
  readonly special: boolean;
  readonly scope: IpScope;
  readonly subnets: Subnets | undefined;
}

/** Lower ports are system services: a packet there disturbs someone and finds no node. */
const LAST_SYSTEM_PORT = 1024;
/** Addresses whose facts are kept: every datagram and every neighbour told of asks for them. */
const MAX_REMEMBERED = 4096;

/**
 * The rules under `config`. Nodes at loopback and LAN addresses are not limited by subnet: many honest nodes share one
 * there, and no attacker comes by more of them.
 */
export function createAddressRules(config: AddressRulesConfig): AddressRules {
  const remembered = new BoundedMap<string, Facts>(MAX_REMEMBERED);

  const findOut = (ip: string): Facts => ({
    canonical: canonicalIp(ip),
    special: isSpecial(ip),
    scope: config.loopbackRoutable ? 'public' : ipScope(ip),
    subnets:
      config.groupLimits && groupLimitsApply(ip, config.loopbackRoutable)
        ? { near: g24(ip), wide: ip.includes(':') ? g16(ip) : undefined }
        : undefined,
  });
  const factsOf = (ip: string): Facts => {
    const known = remembered.peek(ip);
    if (known !== undefined) return known;
    const facts = findOut(ip);
    remembered.set(ip, facts);
    return facts;
  };

  return {
    canonical: (text) => factsOf(text).canonical,
    subnets: (ip) => factsOf(ip).subnets,
    mayRelay(relayer, ip, udpPort) {
      const { special, scope } = factsOf(ip);
      if (special) return false;
      const from = factsOf(relayer).scope;
      switch (scope) {
        case 'loopback':
          return from === 'loopback' && udpPort > 0;
        case 'lan':
          return from !== 'public' && udpPort > 0;
        case 'public':
          return udpPort > LAST_SYSTEM_PORT;
      }
    },
  };
}
