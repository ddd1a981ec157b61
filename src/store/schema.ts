import type { Hash32 } from '../base/brand.js';

/**
 * The key map of the chain store. A key is one prefix byte and an id:
 *
 * | prefix | id                    | value                                                     |
 * |--------|-----------------------|-----------------------------------------------------------|
 * | `h`    | block hash            | header, as received                                       |
 * | `b`    | block hash            | rlp([transactions, uncles]), as received                  |
 * | `r`    | block hash            | rlp([receipt, ...]), typed receipts as byte strings       |
 * | `d`    | block hash            | total difficulty, big-endian without leading zeros        |
 * | `n`    | number, 8 bytes       | hash of the canonical block                               |
 * | `t`    | transaction hash      | number (8 bytes) and index (4 bytes) in the canonical chain |
 * | `s`    | node hash             | a node of a state or storage trie                         |
 * | `c`    | code hash             | account code                                              |
 * | `m`    | name (ASCII)          | single records: `schema`, `genesis`, `spec`, `head`       |
 * | `j`    | transaction hash      | the pool's journal of local transactions                  |
 *
 * Numbers are big-endian so that keys sort by number.
 */
export const PREFIX = {
  header: 0x68,
  body: 0x62,
  receipts: 0x72,
  totalDifficulty: 0x64,
  canonical: 0x6e,
  transaction: 0x74,
  stateNode: 0x73,
  code: 0x63,
  meta: 0x6d,
  journal: 0x6a,
} as const;

/** The name of a key family. */
export type Family = keyof typeof PREFIX;

/** The names of the single records. */
export type MetaName = 'schema' | 'genesis' | 'spec' | 'head';

/** Version of the key map; a store that says anything else is not opened. */
export const SCHEMA_VERSION = 1;

/** The key of a record that is found by a 32-byte hash, from its bytes. */
export function bytesKey(family: Exclude<Family, 'canonical' | 'meta'>, hash: Uint8Array): Uint8Array {
  const key = Buffer.allocUnsafe(33);
  key[0] = PREFIX[family];
  key.set(hash, 1);
  return key;
}

/** The key of a record that is found by a 32-byte hash. */
export function hashKey(family: Exclude<Family, 'canonical' | 'meta'>, hash: Hash32): Uint8Array {
  const key = Buffer.allocUnsafe(33);
  key[0] = PREFIX[family];
  key.write(hash.slice(2), 1, 'hex');
  return key;
}

/** The key of the canonical hash at a height. */
export function numberKey(number: number): Uint8Array {
  const key = Buffer.allocUnsafe(9);
  key[0] = PREFIX.canonical;
  key.writeBigUInt64BE(BigInt(number), 1);
  return key;
}

/** The key of a single record. */
export function metaKey(name: MetaName): Uint8Array {
  return Buffer.from(`m${name}`, 'latin1');
}
