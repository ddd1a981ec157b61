import { EMPTY_BYTES } from '../../base/bytes.js';

/** The 4 or 16 bytes of an address; an IPv4-mapped IPv6 address gives 4. Undefined if `text` is no address. */
export function parseIp(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const bytes = parseIpv6(text);
  return bytes !== undefined && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    bytes[index] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('%')[0]?.split('::') ?? [];
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : EMPTY_BYTES;
  if (head === undefined || tail === undefined) return undefined;
  const length = head.length + tail.length;
  if (halves.length === 2 ? length > 14 : length !== 16) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

function parseGroups(text: string): Uint8Array | undefined {
  if (text === '') return EMPTY_BYTES;
  const bytes: number[] = [];
  for (const group of text.split(':')) {
    if (group.includes('.')) {
      const v4 = parseIpv4(group);
      if (v4 === undefined) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
    if (bytes.length > 16) return undefined;
  }
  return new Uint8Array(bytes);
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** A set of addresses in CIDR form: those whose first `bits` equal `network`'s. */
export interface Cidr {
  readonly network: Uint8Array;
  readonly bits: number;
}

/** `10.0.0.0/8`, `fd00::/8`; an address alone means all its bits. Undefined if it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const network = parseIp(slash < 0 ? text : text.slice(0, slash));
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
