import { type RlpCursor, rlpList, rlpSequence } from '../codec/rlp-reader.js';
import type { OpenBlock } from './block.js';

/** The gas that every transaction takes: all that a transfer takes (Yellow Paper, Gtransaction). */
export const TRANSACTION_GAS = 21_000n;
/** Most uncles of a block (Yellow Paper, 11.1). */
export const MAX_UNCLES = 2;

/**
 * True if a block that uses `gas` has room for what this encoded body lists. Counts the items and decodes none: 10 bytes
 * can stand for a transaction, and each costs 60 times as much memory once it is decoded. Throws DecodeError if there are no two lists.
 */
export function bodyFitsGas(bodyRaw: Uint8Array, gas: bigint): boolean {
  return fitsGas(rlpList(bodyRaw), gas);
}

/** The same for the body of an open block. */
export function openBlockFitsGas({ bodyItems }: OpenBlock, gas: bigint): boolean {
  return fitsGas(rlpSequence(bodyItems), gas);
}

function fitsGas(items: RlpCursor, gas: bigint): boolean {
  return !items.list().hasMoreThan(Number(gas / TRANSACTION_GAS)) && !items.list().hasMoreThan(MAX_UNCLES);
}
