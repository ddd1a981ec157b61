import type { IpScope } from '../defense/diversity.js';
import { type AddressFacts, addressFacts, type Subnets } from './address-facts.js';

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
  /** True if a node of the public network can be at `ip`. */
  isPublic(ip: string): boolean;
  /**
   * The subnet that has one voice about us: the IPv4 /24 or IPv6 /32, as any customer has thousands of /48; undefined where no
   * limit by subnet applies.
   */
  voter(ip: string): string | undefined;
  /** True if a node at `voter` can have seen us there: not at an address that is nobody's, nor at a private one from outside. */
  mayState(voter: string, ip: string, port: number): boolean;
  /**
   * True if a node at `relayer` may tell us of one at `ip` with this UDP port. Else a lie in NEIGHBORS would make us
   * send to networks and services that the liar can't reach itself (reflection, A9).
   */
  mayRelay(relayer: string, ip: string, udpPort: number): boolean;
  /** The same for many nodes of one relayer. */
  relayedBy(relayer: string): (ip: string, udpPort: number) => boolean;
}

/** Lower ports are system services: a packet there disturbs someone and finds no node. */
const LAST_SYSTEM_PORT = 1024;

/**
 * The rules under `config`. Nodes at loopback and LAN addresses are not limited by subnet: many honest nodes share one
 * there, and no attacker comes by more of them.
 */
export function createAddressRules(config: AddressRulesConfig): AddressRules {
  const scopeOf = ({ scope }: AddressFacts): IpScope => (config.loopbackRoutable ? 'public' : scope);

  function isReachable(from: AddressFacts, facts: AddressFacts): boolean {
    if (facts.special) return false;
    switch (scopeOf(facts)) {
      case 'loopback':
        return scopeOf(from) === 'loopback';
      case 'lan':
        return scopeOf(from) !== 'public';
      case 'public':
        return true;
    }
  }

  function relay(from: AddressFacts, facts: AddressFacts, udpPort: number): boolean {
    return isReachable(from, facts) && udpPort > (scopeOf(facts) === 'public' ? LAST_SYSTEM_PORT : 0);
  }

  function subnets(ip: string): Subnets | undefined {
    const facts = addressFacts(ip);
    return config.groupLimits && scopeOf(facts) === 'public' ? facts.subnets : undefined;
  }

  return {
    canonical: (text) => addressFacts(text).canonical,
    subnets,
    voter(ip) {
      const limited = subnets(ip);
      return limited?.wide ?? limited?.near;
    },
    isPublic(ip) {
      const facts = addressFacts(ip);
      return !facts.special && scopeOf(facts) === 'public';
    },
    mayState: (voter, ip, port) => port > 0 && isReachable(addressFacts(voter), addressFacts(ip)),
    mayRelay: (relayer, ip, udpPort) => relay(addressFacts(relayer), addressFacts(ip), udpPort),
    relayedBy(relayer) {
      const from = addressFacts(relayer);
      return (ip, udpPort) => relay(from, addressFacts(ip), udpPort);
    },
  };
}
