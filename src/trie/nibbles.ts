import { DecodeError } from '../codec/decode-error.js';

/**
 * A path in the trie: one lower-case hex digit for each nibble. A string, because slicing, comparing and turning it
 * into bytes are native and cheap, and because the hex of a key is its path already.
 */
export type Nibbles = string;

/** The nibble at `index`, 0 to 15; `index` must be inside the path. */
export function nibbleAt(path: Nibbles, index: number): number {
  const code = path.charCodeAt(index);
  return code < 58 ? code - 48 : code - 87;
}

/** A path of one nibble. */
export function nibble(value: number): Nibbles {
  return value.toString(16);
}

/** How many nibbles `a` and `b` have in common at their start. */
export function commonLength(a: Nibbles, b: Nibbles): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** Hex-prefix encoding (Yellow Paper, appendix C), as hex: two flags, leaf and odd length, in front of the nibbles. */
export function pathHex(path: Nibbles, isLeaf: boolean): string {
  if (path.length % 2 === 1) return (isLeaf ? '3' : '1') + path;
  return (isLeaf ? '20' : '00') + path;
}

/** What {@link pathHex} encoded; throws DecodeError for flags or padding that it never writes. */
export function decodePath(bytes: Uint8Array): { readonly path: Nibbles; readonly isLeaf: boolean } {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  const flags = hex[0];
  if (flags === '1' || flags === '3') return { path: hex.slice(1), isLeaf: flags === '3' };
  if ((flags === '0' || flags === '2') && hex[1] === '0') return { path: hex.slice(2), isLeaf: flags === '2' };
  throw new DecodeError('bad-value', 'a path with unknown flags');
}
