import type { Hash32 } from '../base/brand.js';
import { type RlpCursor, rlpList, rlpSequence } from '../codec/rlp-reader.js';
import { encodeRlpList } from '../codec/rlp-writer.js';
import { decodeHeader, type Header, type SealedHeader } from './header.js';
import type { Transaction } from './transaction.js';
import { decodeTransactionItem, txToRlpItem } from './transaction-codec.js';

/** What a block holds beside its header. */
export interface Body {
  readonly transactions: readonly Transaction[];
  readonly uncles: readonly SealedHeader[];
}

/** What a header says of its body. */
export type BodyRoots = Pick<Header, 'unclesHash' | 'transactionsRoot'>;

/** A whole block. `raw` is rlp([header, transactions, uncles]), the form on the wire, on disk and in export files. */
export interface Block extends Body {
  readonly hash: Hash32;
  readonly header: Header;
  readonly raw: Uint8Array;
}

/** A block of which the header alone is decoded. */
export interface OpenBlock {
  readonly sealed: SealedHeader;
  /** The whole block. */
  readonly raw: Uint8Array;
  /** Its transactions and its uncles, as two items back to back: what is inside them was not looked at. */
  readonly bodyItems: Uint8Array;
}

/** The block of a header and the body that belongs to it. */
export function makeBlock(sealed: SealedHeader, body: Body): Block {
  const raw = encodeRlpList([sealed.raw, ...encodedItems(body)]);
  return { hash: sealed.hash, header: sealed.header, raw, transactions: body.transactions, uncles: body.uncles };
}

/** The block that `bytes` encode; throws DecodeError. Neither roots nor rules are checked. `raw` is a view of `bytes`. */
export function decodeBlock(bytes: Uint8Array): Block {
  return decodeOpenBlock(openBlock(bytes));
}

/** The header of the block that `bytes` encode, and what follows it as it is; throws DecodeError. A million transactions cost no more than none. */
export function openBlock(bytes: Uint8Array): OpenBlock {
  const items = rlpList(bytes);
  const sealed = decodeHeader(items.raw());
  const bodyItems = items.span(2);
  items.done();
  return { sealed, raw: bytes, bodyItems };
}

/** The block with its body decoded too; throws DecodeError. */
export function decodeOpenBlock({ sealed, raw, bodyItems }: OpenBlock): Block {
  return { hash: sealed.hash, header: sealed.header, raw, ...readBody(rlpSequence(bodyItems)) };
}

/** rlp([transactions, uncles]): the body as it is stored and served (devp2p caps/eth.md, BlockBodies). */
export function encodeBody(body: Body): Uint8Array {
  return encodeRlpList(encodedItems(body));
}

/** The body that `bytes` encode; throws DecodeError. */
export function decodeBody(bytes: Uint8Array): Body {
  return readBody(rlpList(bytes));
}

/** The block's header with its own copy of the encoding. */
export function sealedHeaderOf(block: Block): SealedHeader {
  return { hash: block.hash, header: block.header, raw: new Uint8Array(rlpList(block.raw).raw()) };
}

/** rlp([transactions, uncles]) of a block, cut out of its encoding. */
export function bodyRawOf(block: Block): Uint8Array {
  const items = rlpList(block.raw);
  items.skip();
  return encodeRlpList([items.raw(), items.raw()]);
}

/** The encoded uncle list, whose keccak256 a header names. */
export function encodeUncles(uncles: readonly SealedHeader[]): Uint8Array {
  return encodeRlpList(uncles.map((uncle) => uncle.raw));
}

function encodedItems(body: Body): [Uint8Array, Uint8Array] {
  return [encodeRlpList(body.transactions.map(txToRlpItem)), encodeUncles(body.uncles)];
}

function readBody(items: RlpCursor): Body {
  // BOUNDED: both lists by the input. It may hold a transaction in 10 bytes: what a peer sent has passed `bodyFitsGas` before.
  const transactions = items.listOf(Number.POSITIVE_INFINITY, decodeTransactionItem);
  const uncles = items.listOf(Number.POSITIVE_INFINITY, (list) => decodeHeader(list.raw()));
  items.done();
  return { transactions, uncles };
}
