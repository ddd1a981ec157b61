import type { Hash32 } from '../base/brand.js';
import type { Header, SealedHeader } from './header.js';
import type { Transaction } from './transaction.js';

/** What a block holds beside its header. */
export interface Body {
  readonly transactions: readonly Transaction[];
  readonly uncles: readonly SealedHeader[];
}

/** A whole block. `raw` is rlp([header, transactions, uncles]), the form on the wire, on disk and in export files. */
export interface Block extends Body {
  readonly hash: Hash32;
  readonly header: Header;
  readonly raw: Uint8Array;
}
