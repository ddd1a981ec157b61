import { describe, expect, it } from 'vitest';
import { g16, g24, ipScope } from '../../../../src/net/defense/diversity.js';
import { isSpecial } from '../../../../src/net/discovery/address-facts.js';
import { createAddressPlan, type Whereabouts } from '../../../../src/sim/network/addresses.js';
import { crowdedPlace } from '../../../../src/sim/scenarios/discovery.js';
import { canonicalIp } from '../../../../src/types/ip.js';

const FAMILIES = [
  { family: 'ipv4', wides: 3_000 },
  { family: 'ipv6', wides: 3_000 },
] as const;

describe('the crowd of discovery', () => {
  it('has room for as many as there may be: 254 in a /24', () => {
    const plan = createAddressPlan();
    const ips = Array.from({ length: 80_000 }, (_, number) => plan.at(crowdedPlace(number)).ip);
    expect(new Set(ips).size).toBe(ips.length);
    expect(new Set(ips.slice(0, 254).map(g24)).size).toBe(1);
    expect(new Set(ips.map(g24)).size).toBe(Math.ceil(80_000 / 254));
  });
});

describe('address plan', () => {
  it('gives each node a /16 of its own', () => {
    const plan = createAddressPlan();
    const ips = Array.from({ length: 25_600 }, () => plan.anywhere().ip);
    expect(new Set(ips.map(g16)).size).toBe(ips.length);
    expect(ips.filter((ip) => isSpecial(ip) || ipScope(ip) !== 'public')).toEqual([]);
  });

  it.each(FAMILIES)('puts $family addresses where they are asked for', ({ family }) => {
    const plan = createAddressPlan();
    const at = (place: Omit<Whereabouts, 'family'>): string => plan.at({ family, ...place }).ip;
    const home = at({ asn: 7, wide: 0, near: 0 });
    const neighbour = at({ asn: 7, wide: 0, near: 0 });
    const street = at({ asn: 7, wide: 0, near: 5 });
    const city = at({ asn: 7, wide: 1, near: 0 });
    const abroad = at({ asn: 8, wide: 0, near: 0 });
    expect(new Set([home, neighbour, street, city, abroad]).size).toBe(5);
    expect([home, neighbour, street, city, abroad].map((ip) => g24(ip) === g24(home))).toEqual([
      ...[true, true, false, false, false],
    ]);
    expect([home, neighbour, street, city, abroad].map((ip) => g16(ip) === g16(home))).toEqual([
      ...[true, true, true, false, false],
    ]);
    expect([home, street, city, abroad].map(plan.asnOf)).toEqual([7, 7, 7, 8]);
  });

  it.each(FAMILIES)('hands out public, canonical $family addresses, none twice', ({ family, wides }) => {
    const plan = createAddressPlan();
    const ips = Array.from({ length: wides }, (_, wide) => plan.at({ family, asn: wide % 10, wide, near: 0 }).ip);
    expect(new Set(ips.map(g16)).size).toBe(wides);
    expect(ips.filter((ip) => isSpecial(ip) || ipScope(ip) !== 'public' || canonicalIp(ip) !== ip)).toEqual([]);
    const others = new Set(Array.from({ length: 25_600 }, () => g16(plan.anywhere().ip)));
    expect(ips.filter((ip) => others.has(g16(ip)))).toEqual([]);
  });
});
