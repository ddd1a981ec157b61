import { bytesToBigInt, bytesToNumber, EMPTY_BYTES } from '../base/bytes.js';
import { DecodeError } from './decode-error.js';

/** A decoded item: a view into the input, or a list of items. */
export type RlpItem = Uint8Array | RlpList;

/** A decoded list. */
export interface RlpList extends ReadonlyArray<RlpItem> {}

/** How much structure {@link decodeRlp} accepts before it refuses the input. */
export interface RlpLimits {
  /** Lists within lists. A byte string has depth 0, a flat list depth 1. */
  readonly maxDepth: number;
  /** Lists and byte strings together. */
  readonly maxItems: number;
}

/** Deepest message of the protocols is 5 (a block body's access lists); 16 leaves room and keeps a nesting bomb cheap. */
const MAX_DEPTH = 16;
/** Each item costs some 100 bytes of heap: this caps one message at about 100 MB. Callers that know better say so. */
const MAX_ITEMS = 1 << 20;

/** The limits that apply where the caller names none. */
export const DEFAULT_RLP_LIMITS: RlpLimits = { maxDepth: MAX_DEPTH, maxItems: MAX_ITEMS };

/**
 * Reads the items of one list in order, without copying: byte strings and raw items are views into the input.
 * Accepts canonical encodings only (Yellow Paper, appendix B) and never looks past its list's end.
 * Each method consumes one item and throws {@link DecodeError} if the next item is missing or of another kind.
 */
export class RlpCursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  // The item opened last: its payload's range and kind. Fields rather than a result object, as this is the hot path.
  #from = 0;
  #to = 0;
  #isList = false;

  /** Over the items between `start` and `end` of `bytes`: a list's payload, or several items back to back. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** True if an item is left. */
  hasNext(): boolean {
    return this.#at < this.#end;
  }

  /** True if an item is left and it is a list. */
  nextIsList(): boolean {
    return this.#at < this.#end && (this.#bytes[this.#at] as number) >= 0xc0;
  }

  /** The next byte string, of any length. */
  bytes(): Uint8Array {
    this.#openBytes();
    return this.#from === this.#to ? EMPTY_BYTES : this.#bytes.subarray(this.#from, this.#to);
  }

  /** The next byte string, of at most `maxLength` bytes. */
  bytesUpTo(maxLength: number): Uint8Array {
    this.#openBytes();
    const length = this.#to - this.#from;
    if (length > maxLength) throw new DecodeError('too-large', `${length} bytes where at most ${maxLength} may be`);
    return length === 0 ? EMPTY_BYTES : this.#bytes.subarray(this.#from, this.#to);
  }

  /** The next byte string, of exactly `length` bytes. */
  fixed(length: number): Uint8Array {
    this.#openBytes();
    if (this.#to - this.#from !== length) {
      throw new DecodeError('bad-length', `${this.#to - this.#from} bytes where ${length} must be`);
    }
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** The next byte string as an unsigned integer of at most `maxBytes` bytes, without leading zeros. */
  bigint(maxBytes: number): bigint {
    this.#openInteger(maxBytes);
    return bytesToBigInt(this.#bytes, this.#from, this.#to);
  }

  /** The next byte string as an unsigned integer that is safe (at most 2^53 - 1), without leading zeros. */
  number(): number {
    this.#openInteger(7);
    const value = bytesToNumber(this.#bytes, this.#from, this.#to);
    if (value > Number.MAX_SAFE_INTEGER) throw new DecodeError('too-large', 'an integer above 2^53 - 1');
    return value;
  }

  /**
   * The next byte string as an unsigned integer of at most `maxBytes` bytes, without leading zeros; exact below 2^53,
   * rounded (and never below 2^53) from there on.
   */
  numberUpTo(maxBytes: number): number {
    this.#openInteger(maxBytes);
    return bytesToNumber(this.#bytes, this.#from, this.#to);
  }

  /** A cursor over the next item's items; the next item must be a list. */
  list(): RlpCursor {
    this.#open();
    if (!this.#isList) throw new DecodeError('rlp-expected-list', 'a byte string where a list must be');
    return new RlpCursor(this.#bytes, this.#from, this.#to);
  }

  /** The next item, which must be a list of at most `maxItems` items, each read by `read`. */
  listOf<T>(maxItems: number, read: (items: RlpCursor) => T): T[] {
    const items = this.list();
    const values: T[] = []; // BOUNDED: by maxItems
    while (items.hasNext()) {
      if (values.length === maxItems) throw new DecodeError('rlp-too-many-items', `more than ${maxItems} items`);
      values.push(read(items));
    }
    return values;
  }

  /** The next item, header included, as a view. What is inside it is not looked at. */
  raw(): Uint8Array {
    const start = this.#at;
    this.#open();
    return this.#bytes.subarray(start, this.#at);
  }

  /** The next `count` items, headers included, as one view. What is inside them is not looked at. */
  span(count: number): Uint8Array {
    const start = this.#at;
    for (let i = 0; i < count; i++) this.#open();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Steps over the next item. What is inside it is not looked at. */
  skip(): void {
    this.#open();
  }

  /** Steps over all items that are left: for lists that later versions may extend (EIP-8). They are not looked at. */
  skipRest(): void {
    this.#at = this.#end;
  }

  /** Throws unless every item was read: for lists of a fixed length. */
  done(): void {
    if (this.#at < this.#end) throw new DecodeError('rlp-trailing', 'more items than expected');
  }

  /** How many items are left; throws once they are more than `maxItems`. Reads headers only, consumes nothing. */
  count(maxItems: number): number {
    const ahead = new RlpCursor(this.#bytes, this.#at, this.#end);
    let items = 0;
    for (; ahead.hasNext(); ahead.skip()) {
      if (items === maxItems) throw new DecodeError('rlp-too-many-items', `more than ${maxItems} items`);
      items++;
    }
    return items;
  }

  /** True if more than `maxItems` items are left. Reads no more headers than it must, consumes nothing. */
  hasMoreThan(maxItems: number): boolean {
    const ahead = new RlpCursor(this.#bytes, this.#at, this.#end);
    for (let items = 0; ahead.hasNext(); items++) {
      if (items === maxItems) return true;
      ahead.skip();
    }
    return false;
  }

  #openBytes(): void {
    this.#open();
    if (this.#isList) throw new DecodeError('rlp-expected-bytes', 'a list where a byte string must be');
  }

  #openInteger(maxBytes: number): void {
    this.#openBytes();
    const length = this.#to - this.#from;
    if (length > maxBytes) throw new DecodeError('too-large', `an integer of ${length} bytes, at most ${maxBytes}`);
    if (length > 0 && this.#bytes[this.#from] === 0) {
      throw new DecodeError('rlp-non-canonical', 'an integer with a leading zero');
    }
  }

  /** Reads the next item's header into #from, #to and #isList, and steps over the item. */
  #open(): void {
    const at = this.#at;
    if (at >= this.#end) throw new DecodeError('rlp-missing-item', 'fewer items than expected');
    const prefix = this.#bytes[at] as number;
    let length: number;
    if (prefix < 0x80) {
      this.#isList = false;
      this.#from = at;
      this.#to = at + 1;
      this.#at = at + 1;
      return;
    }
    this.#isList = prefix >= 0xc0;
    const short = prefix - (this.#isList ? 0xc0 : 0x80);
    if (short <= 55) {
      this.#from = at + 1;
      length = short;
    } else {
      this.#from = at + 1 + (short - 55);
      length = this.#longLength(at + 1);
    }
    // Compared before anything is sliced or allocated: a claimed length costs its sender as many bytes.
    if (length > this.#end - this.#from) {
      throw new DecodeError('rlp-truncated', `an item of ${length} bytes with ${this.#end - this.#from} left`);
    }
    if (length === 1 && !this.#isList && (this.#bytes[this.#from] as number) < 0x80) {
      throw new DecodeError('rlp-non-canonical', 'a single byte below 0x80 with a prefix');
    }
    this.#to = this.#from + length;
    this.#at = this.#to;
  }

  /** The length in the bytes from `start` up to #from. Above 2^53 it is rounded, and beyond any input all the same. */
  #longLength(start: number): number {
    if (this.#from > this.#end) throw new DecodeError('rlp-truncated', 'a length that is cut off');
    if (this.#bytes[start] === 0) throw new DecodeError('rlp-non-canonical', 'a length with a leading zero');
    let length = 0;
    for (let i = start; i < this.#from; i++) length = length * 256 + (this.#bytes[i] as number);
    if (length <= 55) throw new DecodeError('rlp-non-canonical', `a long form for ${length} bytes`);
    return length;
  }
}

/** A cursor over the list that `bytes` encode; throws if they encode a byte string or go on after the list. */
export function rlpList(bytes: Uint8Array): RlpCursor {
  const outer = rlpSequence(bytes);
  const items = outer.list();
  outer.done();
  return items;
}

/** A cursor over items that stand back to back without a list around them. What follows the items read is never looked at. */
export function rlpSequence(bytes: Uint8Array): RlpCursor {
  return new RlpCursor(bytes, 0, bytes.length);
}

/** The number of items in the list that `bytes` encode, at most `maxItems`; reads headers only. */
export function countItems(bytes: Uint8Array, maxItems: number): number {
  return rlpList(bytes).count(maxItems);
}

/** The one item that `bytes` encode, all of it. Linear in time and, by `limits`, bounded in memory; does not recurse. */
export function decodeRlp(bytes: Uint8Array, limits: RlpLimits = DEFAULT_RLP_LIMITS): RlpItem {
  const { item, length } = decodeRlpPrefix(bytes, limits);
  if (length < bytes.length) throw new DecodeError('rlp-trailing', `${bytes.length - length} bytes after the item`);
  return item;
}

/** The item at the start of `bytes` and the length of its encoding; what follows is ignored (EIP-8). */
export function decodeRlpPrefix(
  bytes: Uint8Array,
  limits: RlpLimits = DEFAULT_RLP_LIMITS,
): { readonly item: RlpItem; readonly length: number } {
  let cursor = rlpSequence(bytes);
  const length = cursor.raw().length;
  cursor = new RlpCursor(bytes, 0, length);
  const root: RlpItem[] = [];
  let into = root;
  let items = 0;
  const open: { readonly cursor: RlpCursor; readonly into: RlpItem[] }[] = []; // BOUNDED: by limits.maxDepth
  for (;;) {
    if (!cursor.hasNext()) {
      const parent = open.pop();
      if (parent === undefined) break;
      ({ cursor, into } = parent);
      continue;
    }
    if (++items > limits.maxItems) throw new DecodeError('rlp-too-many-items', `more than ${limits.maxItems} items`);
    if (!cursor.nextIsList()) {
      into.push(cursor.bytes());
      continue;
    }
    if (open.length === limits.maxDepth)
      throw new DecodeError('rlp-too-deep', `more than ${limits.maxDepth} lists deep`);
    const list: RlpItem[] = []; // BOUNDED: by limits.maxItems
    into.push(list);
    open.push({ cursor, into });
    cursor = cursor.list();
    into = list;
  }
  const item = root[0];
  if (item === undefined) throw new DecodeError('rlp-missing-item', 'no item');
  return { item, length };
}
