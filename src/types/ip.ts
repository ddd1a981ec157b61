import { BoundedMap } from '../base/bounded.js';
import { bytesToNumber } from '../base/bytes.js';

/** The 4 or 16 bytes of a numeric address (an IPv4-mapped IPv6 one gives 4); undefined for anything else, host names included. */
export function ipToBytes(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return ipv4ToBytes(text);
  const bytes = ipv6ToBytes(text);
  return bytes !== undefined && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/**
 * The text of an address of 4 or 16 bytes: dotted, or lower-case IPv6 with its longest run of zeros left out (RFC 5952).
 * An IPv4-mapped address gives the IPv4 one. Undefined for another length.
 */
export function ipFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return ipv4FromBytes(bytes);
  if (bytes.length !== 16) return undefined;
  if (isMapped(bytes)) return bytes.subarray(12).join('.');
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Texts that are kept: packets name the same addresses again and again, and what holds them shares the strings. */
const MAX_REMEMBERED = 16_384;
const remembered = new BoundedMap<number, string>(MAX_REMEMBERED);

function ipv4FromBytes(bytes: Uint8Array): string {
  const number = bytesToNumber(bytes);
  let text = remembered.peek(number);
  if (text === undefined) {
    text = bytes.join('.');
    remembered.set(number, text);
  }
  return text;
}

/** The one way to write the address in `text`; undefined if it is none. Two addresses are equal if these texts are. */
export function canonicalIp(text: string): string | undefined {
  const bytes = ipToBytes(text);
  return bytes === undefined ? undefined : ipFromBytes(bytes);
}

const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** Character by character: discovery parses an address for every node that it hears of. */
function ipv4ToBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || part === 3) return undefined;
      bytes[part++] = value;
      digits = 0;
      value = 0;
      continue;
    }
    if (code < DIGIT_0 || code > DIGIT_9) return undefined;
    // A leading zero means octal to some parsers: an address that two programs read differently is refused.
    if (digits > 0 && value === 0) return undefined;
    digits++;
    value = value * 10 + code - DIGIT_0;
    if (value > 255) return undefined;
  }
  if (part !== 3 || digits === 0) return undefined;
  bytes[3] = value;
  return bytes;
}

function ipv6ToBytes(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsToBytes(halves[0] ?? '', halves.length === 1);
  const tail = groupsToBytes(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const length = head.length + tail.length;
  if (halves.length === 2 ? length > 14 : length !== 16) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of colon-separated groups; if they end the address, the last may be dotted IPv4 (RFC 4291, 2.2). */
function groupsToBytes(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const dotted = atEnd && i === groups.length - 1 ? ipv4ToBytes(group) : undefined;
    if (dotted === undefined) return undefined;
    bytes.push(...dotted);
  }
  return bytes;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
