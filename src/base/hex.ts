import type { Address, BlockNonce, Bloom, Hash32, Hex, NodeId, PublicKey } from './brand.js';
import { invariant } from './invariant.js';

/** The two digits of each byte, one after the other. */
const DIGITS = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''));
const MAX_SHORT_BYTES = 64;
const short = Buffer.from(`0x${'00'.repeat(MAX_SHORT_BYTES)}`);

/** `bytes` as lower-case hex with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  if (bytes.length <= MAX_SHORT_BYTES) return shortHex(bytes);
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}` as Hex;
}

/**
 * Hashes and keys become map keys and are compared again and again: here they are made in one piece, whereas digits
 * behind a prefix would be two, which the first look at them copies into a third.
 */
function shortHex(bytes: Uint8Array): Hex {
  let at = 2;
  for (let i = 0; i < bytes.length; i++) {
    const digit = 2 * (bytes[i] as number);
    short[at++] = DIGITS[digit] as number;
    short[at++] = DIGITS[digit + 1] as number;
  }
  return short.toString('latin1', 0, at) as Hex;
}

/** The value of each digit, by its character code. */
const VALUES = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  VALUES[digit.charCodeAt(0)] = value;
  VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The bytes of checked hex, in memory of their own. */
export function fromHex(hex: Hex): Uint8Array {
  const length = (hex.length - 2) >> 1;
  if (length <= MAX_SHORT_BYTES) {
    const bytes = new Uint8Array(length);
    for (let i = 0, at = 2; i < length; i++, at += 2) {
      bytes[i] = ((VALUES[hex.charCodeAt(at)] as number) << 4) | (VALUES[hex.charCodeAt(at + 1)] as number);
    }
    return bytes;
  }
  // Copied, because a small Buffer is a window on a pool of 8 KiB that it would keep alive, or drag along to a worker.
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
}

/** The first 32 bits of four bytes or more as a number: enough to tell keys apart where those that share them may push each other out. */
export function leadingWord(hex: Hex): number {
  return Number.parseInt(hex.slice(2, 10), 16);
}

const HEX = /^0x(?:[0-9a-fA-F]{2})*$/;

/** `text` as {@link Hex} in lower case, or undefined if it is not `0x` and an even number of hex digits. */
export function parseHex(text: string): Hex | undefined {
  return HEX.test(text) ? (text.toLowerCase() as Hex) : undefined;
}

/** `text` as {@link Hex} if it holds exactly `byteLength` bytes. */
function parseFixed(text: string, byteLength: number): Hex | undefined {
  return text.length === 2 + byteLength * 2 ? parseHex(text) : undefined;
}

/** 32 bytes of hex, any case, or undefined. */
export const parseHash32 = (text: string): Hash32 | undefined => parseFixed(text, 32) as Hash32 | undefined;

/** 20 bytes of hex, any case (checksums are not looked at), or undefined. */
export const parseAddress = (text: string): Address | undefined => parseFixed(text, 20) as Address | undefined;

/** 64 bytes of hex, any case, or undefined. The point is not checked to be on the curve. */
export const parsePublicKey = (text: string): PublicKey | undefined => parseFixed(text, 64) as PublicKey | undefined;

function fixed(bytes: Uint8Array, length: number, what: string): Hex {
  invariant(bytes.length === length, `${what} must have ${length} bytes, not ${bytes.length}`);
  return toHex(bytes);
}

/** 32 bytes as a hash. */
export const toHash32 = (bytes: Uint8Array): Hash32 => fixed(bytes, 32, 'a hash') as Hash32;
/** 20 bytes as an address. */
export const toAddress = (bytes: Uint8Array): Address => fixed(bytes, 20, 'an address') as Address;
/** 32 bytes as a node id. */
export const toNodeId = (bytes: Uint8Array): NodeId => fixed(bytes, 32, 'a node id') as NodeId;
/** 64 bytes as a public key. */
export const toPublicKey = (bytes: Uint8Array): PublicKey => fixed(bytes, 64, 'a public key') as PublicKey;
/** 256 bytes as a bloom filter. */
export const toBloom = (bytes: Uint8Array): Bloom => fixed(bytes, 256, 'a bloom') as Bloom;
/** 8 bytes as a block nonce. */
export const toBlockNonce = (bytes: Uint8Array): BlockNonce => fixed(bytes, 8, 'a block nonce') as BlockNonce;

/** 32 zero bytes. */
export const ZERO_HASH = `0x${'00'.repeat(32)}` as Hash32;
/** 20 zero bytes. */
export const ZERO_ADDRESS = `0x${'00'.repeat(20)}` as Address;
/** A bloom filter with no bit set: that of a block or receipt without logs. */
export const EMPTY_BLOOM = `0x${'00'.repeat(256)}` as Bloom;
/** The nonce 0. */
export const ZERO_BLOCK_NONCE = `0x${'00'.repeat(8)}` as BlockNonce;
