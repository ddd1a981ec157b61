import type { Hash32 } from '../../../base/brand.js';
import { decodeHeader, type SealedHeader } from '../../../types/header.js';
import type { ConnId } from '../../io.js';
import type { Anchor } from './skeleton.js';

/** What a reply was to a segment. */
export type Filling =
  | { readonly kind: 'filled' }
  /** Right as far as it goes, by the word of who vouches for the end; the rest is still missing. */
  | { readonly kind: 'partial' }
  /** From somebody else, and it does not reach the end: nothing shows yet whose chain it is. Not taken. */
  | { readonly kind: 'short' }
  /** Headers of another chain than the anchors'. */
  | { readonly kind: 'moved' }
  /** No honest peer sends this. */
  | { readonly kind: 'wrong'; readonly detail: string };

/** The headers from behind one anchor up to the next: whoever sends them, they are taken only if they join the two. */
export class HeaderSegment {
  readonly end: Anchor;
  readonly first: number;
  readonly #headers: SealedHeader[] = []; // BOUNDED: by the span
  readonly #servers: ConnId[] = []; // BOUNDED: by the headers
  #lastHash: Hash32;

  /** From the header behind `after` up to `end`. */
  constructor(after: { readonly number: number; readonly hash: Hash32 }, end: Anchor) {
    this.first = after.number + 1;
    this.end = end;
    this.#lastHash = after.hash;
  }

  get size(): number {
    return this.end.number - this.first + 1;
  }

  /** The number of the first header that is missing. */
  get next(): number {
    return this.first + this.#headers.length;
  }

  get missing(): number {
    return this.end.number - this.next + 1;
  }

  /** The headers, each with who served it; all of them once nothing is missing. */
  *entries(): Generator<readonly [header: SealedHeader, server: ConnId]> {
    for (const [i, header] of this.#headers.entries()) yield [header, this.#servers[i] ?? this.end.voucher];
  }

  /** Takes headers from number `next` on. May throw DecodeError, and takes nothing then. */
  take(items: readonly Uint8Array[], server: ConnId): Filling {
    const taken: SealedHeader[] = []; // BOUNDED: by what was asked
    let lastHash = this.#lastHash;
    for (const [i, item] of items.entries()) {
      const header = decodeHeader(item);
      const number = this.next + i;
      if (header.header.number !== number) {
        return { kind: 'wrong', detail: `header ${header.header.number} where ${number} was asked` };
      }
      // Between two answers an honest peer may have switched chains; within one it can't have.
      if (header.header.parentHash !== lastHash)
        return i === 0 ? { kind: 'moved' } : { kind: 'wrong', detail: 'not linked' };
      lastHash = header.hash;
      taken.push(header);
    }
    const isFilled = taken.length === this.missing;
    if (isFilled && lastHash !== this.end.hash) return { kind: 'moved' };
    // Else one header without work, linked to the last, would make all that the others have seem to be of another chain.
    if (!isFilled && server !== this.end.voucher) return { kind: 'short' };
    this.#headers.push(...taken);
    for (const _ of taken) this.#servers.push(server);
    this.#lastHash = lastHash;
    return { kind: isFilled ? 'filled' : 'partial' };
  }
}
