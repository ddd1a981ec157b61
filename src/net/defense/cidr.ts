import { ipToBytes } from '../../types/ip.js';

/** A set of addresses in CIDR form: those whose first `bits` equal `network`'s. */
export interface Cidr {
  readonly network: Uint8Array;
  readonly bits: number;
}

/** `10.0.0.0/8`, `fd00::/8`; an address alone means all its bits. Undefined if it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const network = ipToBytes(slash < 0 ? text : text.slice(0, slash));
  if (network === undefined) return undefined;
  if (slash < 0) return { network, bits: network.length * 8 };
  const size = text.slice(slash + 1);
  const bits = Number(size);
  return /^\d{1,3}$/.test(size) && bits <= network.length * 8 ? { network, bits } : undefined;
}

/** True if `ip` lies in `cidr`; false for the other address family. */
export function inCidr(ip: Uint8Array, cidr: Cidr): boolean {
  if (ip.length !== cidr.network.length) return false;
  for (let bit = 0; bit < cidr.bits; bit += 8) {
    const rest = cidr.bits - bit;
    const mask = rest >= 8 ? 0xff : (0xff << (8 - rest)) & 0xff;
    if (((ip[bit >> 3] ?? 0) & mask) !== ((cidr.network[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}
