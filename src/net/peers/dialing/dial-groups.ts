import { g16, g24 } from '../../defense/diversity.js';

/** Outbound peers of one /24: two, since a rack tells one story and a private network may have but one. */
const MAX_G24 = 2;
/** Of one /16, which is what an attacker pays for. */
const MAX_G16 = 4;

/**
 * True if dialing `ip` keeps our own choice of peers diverse, given the addresses of the outbound peers we chose.
 * The caller leaves out whom no such limit applies to: loopback and LAN, static and trusted peers.
 */
export function keepsDiversity(ip: string, outbound: readonly string[]): boolean {
  const [near, wide] = [g24(ip), g16(ip)];
  let sameNear = 0;
  let sameWide = 0;
  for (const other of outbound) {
    if (g24(other) === near) sameNear++;
    if (g16(other) === wide) sameWide++;
  }
  return sameNear < MAX_G24 && sameWide < MAX_G16;
}
