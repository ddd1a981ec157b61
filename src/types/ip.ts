import { isZero } from '../base/bytes.js';
import { invariant } from '../base/invariant.js';

const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** `text` as dotted IPv4 or canonical IPv6 (RFC 5952; IPv4-mapped addresses as IPv4), or undefined if it is no address. */
export function parseIp(text: string): string | undefined {
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  return bytes === undefined ? undefined : ipFromBytes(bytes);
}

/** The 4 or 16 bytes of a canonical address. */
export function ipToBytes(ip: string): Uint8Array {
  const bytes = ip.includes(':') ? parseIpv6(ip) : parseIpv4(ip);
  invariant(bytes !== undefined, 'not a canonical address');
  return bytes;
}

/** The canonical address in 4 or 16 bytes; undefined for any other length. */
export function ipFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return undefined;
  // One host must not count as two: ::ffff:1.2.3.4 is 1.2.3.4 (RFC 4291, 2.5.5.2).
  if (isZero(bytes.subarray(0, 10)) && bytes[10] === 0xff && bytes[11] === 0xff) return bytes.subarray(12).join('.');
  return formatIpv6(bytes);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const octets = text.split('.', 5);
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return undefined;
  return Uint8Array.from(octets, Number);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const front = parseGroups(halves[0] as string, halves.length === 1);
  const back = halves[1] === undefined ? [] : parseGroups(halves[1], true);
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  // `::` stands for at least one group (RFC 4291, 2.2).
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...new Array<number>(missing).fill(0), ...back];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Groups of 16 bits; the last one may be dotted IPv4, which makes two. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':', 9);
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const embedded = last && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (embedded !== undefined) {
      const [a, b, c, d] = embedded as unknown as [number, number, number, number];
      groups.push(a * 256 + b, c * 256 + d);
    } else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Lower case, no leading zeros, the first longest run of two or more zero groups as `::` (RFC 5952, 4). */
function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] as number) * 256 + (bytes[i + 1] as number));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = groups.map((group) => group.toString(16));
  if (start === -1) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
