import { DecodeError } from '../../codec/decode-error.js';
import { decompress } from '../../codec/snappy.js';
import { ByteReader, word32 } from './byte-reader.js';
import { crc32c, maskCrc } from './crc32c.js';

/** A byte for the kind of compression and a masked CRC-32C of content and that byte (table_format.md). */
export const BLOCK_TRAILER_BYTES = 5;

/** A block is cut when it has 4 KiB, so it is hardly larger than its largest record: the body of a full block of a chain. */
const MAX_BLOCK_BYTES = 64 << 20;

/** A record of a table. `key` ends with 8 bytes of sequence number and kind (`db/dbformat.h`). */
export interface BlockEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** True if the checksum in its trailer is that of the block: whoever wrote it wrote these bytes. */
export function isWholeBlock(stored: Uint8Array): boolean {
  const end = stored.length - BLOCK_TRAILER_BYTES;
  return end >= 0 && maskCrc(crc32c(stored, 0, end + 1)) === word32(stored, end + 1);
}

/** The records of a block as it is stored, trailer included. Throws DecodeError if it has another form. */
export function blockEntries(stored: Uint8Array): BlockEntry[] {
  const content = uncompressed(stored);
  if (content.length < 4) throw new DecodeError('bad-length', 'a block without its restart points');
  const restarts = word32(content, content.length - 4);
  const end = content.length - 4 * (restarts + 1);
  if (end < 0) throw new DecodeError('bad-length', 'more restart points than the block has room for');
  const reader = new ByteReader(content.subarray(0, end));
  const entries: BlockEntry[] = []; // BOUNDED: by the block
  let before = new Uint8Array(0);
  while (reader.left > 0) {
    const [shared, own, valueLength] = [reader.varint(), reader.varint(), reader.varint()];
    if (shared > before.length) throw new DecodeError('bad-length', 'a key shares more than the key before it has');
    const key = new Uint8Array(shared + own);
    key.set(before.subarray(0, shared));
    key.set(reader.bytes(own), shared);
    entries.push({ key, value: reader.bytes(valueLength) });
    before = key;
  }
  return entries;
}

function uncompressed(stored: Uint8Array): Uint8Array {
  const end = stored.length - BLOCK_TRAILER_BYTES;
  const content = stored.subarray(0, Math.max(0, end));
  const kind = stored[end];
  if (kind === 0) return content;
  if (kind === 1) return decompress(content, MAX_BLOCK_BYTES);
  throw new DecodeError('bad-value', `a block of the unknown kind ${kind}`);
}
