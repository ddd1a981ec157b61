import type { Hash32 } from '../base/brand.js';
import { bigIntToBytes, bytesToBigInt } from '../base/bytes.js';
import { fromHex, toHash32 } from '../base/hex.js';
import type { KvReader } from '../ports/kv.js';
import { bytesKey, hashKey, type MetaName, metaKey, numberKey } from './schema.js';

/** Where records are written: an {@link Overlay}, or anything that collects writes. */
export interface KvWriter {
  put(key: Uint8Array, value: Uint8Array): void;
  del(key: Uint8Array): void;
}

/** A place in the canonical chain. */
export interface TransactionPlace {
  readonly number: number;
  readonly index: number;
}

/** What is stored of one block beside its place in the canonical chain. */
export interface BlockRecords {
  readonly hash: Hash32;
  readonly headerRaw: Uint8Array;
  readonly bodyRaw: Uint8Array;
  readonly receiptsRaw: Uint8Array;
  readonly totalDifficulty: bigint;
}

/** A node of a trie, or code, with its hash (32 bytes). */
export interface HashedBytes {
  readonly hash: Uint8Array;
  readonly raw: Uint8Array;
}

/** The header as it was received. */
export const readHeaderRaw = (kv: KvReader, hash: Hash32): Uint8Array | undefined => kv.get(hashKey('header', hash));

/** rlp([transactions, uncles]). */
export const readBodyRaw = (kv: KvReader, hash: Hash32): Uint8Array | undefined => kv.get(hashKey('body', hash));

/** rlp([receipt, ...]). */
export const readReceiptsRaw = (kv: KvReader, hash: Hash32): Uint8Array | undefined =>
  kv.get(hashKey('receipts', hash));

/** The work of the chain that ends with the block. */
export function readTotalDifficulty(kv: KvReader, hash: Hash32): bigint | undefined {
  const value = kv.get(hashKey('totalDifficulty', hash));
  return value === undefined ? undefined : bytesToBigInt(value);
}

/** The hash of the canonical block at a height. */
export const readCanonical = (kv: KvReader, number: number): Hash32 | undefined => asHash(kv.get(numberKey(number)));

/** The place of a transaction in the canonical chain. */
export function readTransactionPlace(kv: KvReader, hash: Hash32): TransactionPlace | undefined {
  const value = kv.get(hashKey('transaction', hash));
  if (value?.length !== 12) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return { number: Number(view.getBigUint64(0)), index: view.getUint32(8) };
}

/** A node of a state or storage trie. */
export const readStateNode = (kv: KvReader, hash: Hash32): Uint8Array | undefined => kv.get(hashKey('stateNode', hash));

/** The code with this hash. */
export const readCode = (kv: KvReader, hash: Hash32): Uint8Array | undefined => kv.get(hashKey('code', hash));

/** A single record. */
export const readMeta = (kv: KvReader, name: MetaName): Uint8Array | undefined => kv.get(metaKey(name));

/** The hash of the head block. */
export const readHead = (kv: KvReader): Hash32 | undefined => asHash(readMeta(kv, 'head'));

/** Stores a block, not its place in the canonical chain. */
export function writeBlock(kv: KvWriter, block: BlockRecords): void {
  kv.put(hashKey('header', block.hash), block.headerRaw);
  kv.put(hashKey('body', block.hash), block.bodyRaw);
  kv.put(hashKey('receipts', block.hash), block.receiptsRaw);
  writeTotalDifficulty(kv, block.hash, block.totalDifficulty);
}

/** Stores the work of the chain that ends with a block. */
export function writeTotalDifficulty(kv: KvWriter, hash: Hash32, work: bigint): void {
  kv.put(hashKey('totalDifficulty', hash), bigIntToBytes(work));
}

/** Forgets a block, not its place in the canonical chain. */
export function deleteBlock(kv: KvWriter, hash: Hash32): void {
  for (const family of ['header', 'body', 'receipts', 'totalDifficulty'] as const) kv.del(hashKey(family, hash));
}

/** Stores trie nodes. */
export function writeStateNodes(kv: KvWriter, nodes: readonly HashedBytes[]): void {
  for (const node of nodes) kv.put(bytesKey('stateNode', node.hash), node.raw);
}

/** Stores account code. */
export function writeCodes(kv: KvWriter, codes: readonly HashedBytes[]): void {
  for (const code of codes) kv.put(bytesKey('code', code.hash), code.raw);
}

/** Puts a block into the canonical chain, with the places of its transactions. */
export function writeCanonical(kv: KvWriter, number: number, hash: Hash32, transactions: readonly Hash32[]): void {
  kv.put(numberKey(number), fromHex(hash));
  transactions.forEach((transaction, index) => {
    const place = Buffer.allocUnsafe(12);
    place.writeUInt16BE(0, 0);
    place.writeUIntBE(number, 2, 6);
    place.writeUInt32BE(index, 8);
    kv.put(hashKey('transaction', transaction), place);
  });
}

/** Takes a block out of the canonical chain, with the places of its transactions. */
export function removeCanonical(kv: KvWriter, number: number, transactions: readonly Hash32[]): void {
  kv.del(numberKey(number));
  for (const transaction of transactions) kv.del(hashKey('transaction', transaction));
}

/** Moves the head marker. */
export const writeHead = (kv: KvWriter, hash: Hash32): void => kv.put(metaKey('head'), fromHex(hash));

/** Stores a single record. */
export const writeMeta = (kv: KvWriter, name: MetaName, value: Uint8Array): void => kv.put(metaKey(name), value);

function asHash(value: Uint8Array | undefined): Hash32 | undefined {
  return value?.length === 32 ? toHash32(value) : undefined;
}
