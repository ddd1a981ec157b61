import { ipToBytes } from '../../types/ip.js';
import { type Cidr, inCidr, parseCidr } from '../defense/cidr.js';
import { groupLimitsApply, ipScope } from '../defense/diversity.js';

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

/** What may be done with an address under one configuration. */
export interface AddressRules {
  /**
   * True if nodes at `ip` are limited by address and subnet. Local ones are not: many honest nodes share an address
   * there, and no attacker comes by more of them.
   */
  isLimited(ip: string): boolean;
  /**
   * True if a node at `relayer` may tell us of one at `ip` with this UDP port. Else a lie in NEIGHBORS would make us
   * send to networks and services that the liar can't reach itself (reflection, A9).
   */
  mayRelay(relayer: string, ip: string, udpPort: number): boolean;
}

/** Lower ports are system services: a packet there disturbs someone and finds no node. */
const LAST_SYSTEM_PORT = 1024;

/** The rules under `config`. */
export function createAddressRules(config: AddressRulesConfig): AddressRules {
  const scope = (ip: string) => (config.loopbackRoutable ? 'public' : ipScope(ip));
  return {
    isLimited: (ip) => config.groupLimits && groupLimitsApply(ip, config.loopbackRoutable),
    mayRelay(relayer, ip, udpPort) {
      if (isSpecial(ip)) return false;
      const from = scope(relayer);
      switch (scope(ip)) {
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
