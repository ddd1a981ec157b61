import { g16, g24, groupLimitsApply } from '../defense/diversity.js';

/** Outbound peers of one /24: two, since a rack tells one story and a private network may have but one. */
const MAX_G24 = 2;
/** Of one /16, which is what an attacker pays for. */
const MAX_G16 = 4;

/**
 * True if dialing `ip` keeps our own choice of peers diverse, given the addresses of the outbound peers we chose.
 * Loopback and LAN are exempt, and so are static and trusted peers (the caller leaves them out).
 */
export function keepsDiversity(ip: string, outbound: readonly string[], loopbackRoutable: boolean): boolean {
  if (!groupLimitsApply(ip, loopbackRoutable)) return true;
  const [near, wide] = [g24(ip), g16(ip)];
  let sameNear = 0;
  let sameWide = 0;
  for (const other of outbound) {
    if (g24(other) === near) sameNear++;
    if (g16(other) === wide) sameWide++;
  }
  return sameNear < MAX_G24 && sameWide < MAX_G16;
}
