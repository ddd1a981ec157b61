import { BoundedMap } from '../../base/bounded.js';
import { ipToBytes } from '../../types/ip.js';
import { type Cidr, inCidr, parseCidr } from './cidr.js';

/** Where an address can be reached from. */
export type IpScope = 'loopback' | 'lan' | 'public';

const ranges = (...texts: readonly string[]): readonly Cidr[] =>
  texts.map(parseCidr).filter((cidr): cidr is Cidr => cidr !== undefined);

const LOOPBACK = ranges('127.0.0.0/8', '::1');
/** RFC 1918, 3927, 4193, 4291 link-local, and 6598 (shared by carriers). */
const LAN = ranges(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
);

/** The scope of an address; what can't be parsed counts as public, the strictest treatment. */
export function ipScope(ip: string): IpScope {
  const bytes = ipToBytes(ip);
  if (bytes === undefined) return 'public';
  if (LOOPBACK.some((cidr) => inCidr(bytes, cidr))) return 'loopback';
  return LAN.some((cidr) => inCidr(bytes, cidr)) ? 'lan' : 'public';
}

/**
 * True if limits by address and subnet apply. They cost an attacker addresses, which loopback and LAN give away for
 * nothing: there they would only keep a devnet or a test bench apart. `loopbackRoutable` applies them there too.
 */
export function groupLimitsApply(ip: string, loopbackRoutable: boolean): boolean {
  return loopbackRoutable || ipScope(ip) === 'public';
}

/** The small subnet that one customer usually gets whole: IPv4 /24, IPv6 /48. As a map key. */
export function g24(ip: string): string {
  return subnetsOf(ip).g24;
}

/** The subnet that is expensive to own in numbers: IPv4 /16, IPv6 /32. As a map key. */
export function g16(ip: string): string {
  return subnetsOf(ip).g16;
}

interface Subnets {
  readonly g24: string;
  readonly g16: string;
}

/** Addresses whose subnets are remembered: each is asked for again and again, and what holds them shares the strings. */
const MAX_REMEMBERED = 16_384;
const remembered = new BoundedMap<string, Subnets>(MAX_REMEMBERED);

function subnetsOf(ip: string): Subnets {
  let subnets = remembered.peek(ip);
  if (subnets === undefined) {
    subnets = { g24: prefix(ip, 3, 6), g16: prefix(ip, 2, 4) };
    remembered.set(ip, subnets);
  }
  return subnets;
}

function prefix(ip: string, v4Bytes: number, v6Bytes: number): string {
  const bytes = ipToBytes(ip);
  if (bytes === undefined) return ip;
  const length = bytes.length === 4 ? v4Bytes : v6Bytes;
  return `${Buffer.from(bytes.subarray(0, length)).toString('hex')}/${length * 8}`;
}
