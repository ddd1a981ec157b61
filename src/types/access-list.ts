import { fromHex, toAddress, toHash32 } from '../base/hex.js';
import type { RlpCursor } from '../codec/rlp-reader.js';
import type { RlpEncodable } from '../codec/rlp-writer.js';
import type { AccessListEntry } from './transaction.js';

/** An access list as an item to encode: [[address, [storage key, ...]], ...] (EIP-2930). */
export function accessListItem(accessList: readonly AccessListEntry[]): RlpEncodable {
  return accessList.map((entry) => [fromHex(entry.address), entry.storageKeys.map(fromHex)]);
}

/** The access list that is the next item; throws DecodeError. */
export function readAccessList(fields: RlpCursor): AccessListEntry[] {
  // BOUNDED: by the input, in which an entry has 23 bytes at least and a key 33.
  return fields.listOf(Number.POSITIVE_INFINITY, (entries) => {
    const entry = entries.list();
    const address = toAddress(entry.fixed(20));
    const storageKeys = entry.listOf(Number.POSITIVE_INFINITY, (keys) => toHash32(keys.fixed(32)));
    entry.done();
    return { address, storageKeys };
  });
}
