import { ipToBytes } from '../../types/ip.js';
import { type Cidr, inCidr, parseCidr } from '../defense/cidr.js';

/** Says if we may talk to an address at all. */
export type IpFilter = (ip: string) => boolean;

/** The filter of `--netrestrict`: only addresses in one of the CIDRs. Undefined restricts nothing; a bad CIDR is returned as text. */
export function netRestrict(cidrs: readonly string[] | undefined): { filter: IpFilter; bad: string | undefined } {
  if (cidrs === undefined) return { filter: () => true, bad: undefined };
  const parsed: Cidr[] = [];
  for (const text of cidrs) {
    const cidr = parseCidr(text.trim());
    if (cidr === undefined) return { filter: () => false, bad: text };
    parsed.push(cidr);
  }
  const filter: IpFilter = (ip) => {
    const bytes = ipToBytes(ip);
    return bytes !== undefined && parsed.some((cidr) => inCidr(bytes, cidr));
  };
  return { filter, bad: undefined };
}
