import { DecodeError } from '../../codec/decode-error.js';
import { BLOCK_TRAILER_BYTES, type BlockEntry, blockEntries, isWholeBlock } from './block.js';
import { ByteReader, word32 } from './byte-reader.js';
import { CRC_START, crcStep, maskCrc } from './crc32c.js';

/** Where a block of a table stands, without its trailer. */
interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** Bytes of a table, which may be read only where they are asked for. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** Two handles, padded to 40 bytes, and a magic number (table_format.md). */
const FOOTER_BYTES = 48;
const [MAGIC_LOW, MAGIC_HIGH] = [0x8b80fb57, 0xdb477524];

/** The sequence number of keys that only lead to blocks (`kMaxSequenceNumber`); no record has it. */
const NO_SEQUENCE = 0xff;

/**
 * What is wrong with the parts of a table that lead to all others: footer, index and index of the filters. LevelDB checks
 * none of their sums; it allocates what they say and gives up the process where that makes no sense.
 */
export function tableFrameProblem(read: ReadAt, size: number): string | undefined {
  return problemOf(() => {
    const { index, metaindex } = footerOf(read, size);
    blockAt(read, index, 'the index');
    blockAt(read, metaindex, 'the index of the filters');
  });
}

/** What is wrong anywhere in a table: {@link tableFrameProblem}, or any block. */
export function tableProblem(bytes: Uint8Array): string | undefined {
  const read = within(bytes);
  return problemOf(() => {
    const { index, metaindex } = footerOf(read, bytes.length);
    for (const entry of blockEntries(blockAt(read, index, 'the index'))) blockAt(read, handleOf(entry), 'a block');
    for (const entry of blockEntries(blockAt(read, metaindex, 'the index of the filters')))
      blockAt(read, handleOf(entry), 'a filter');
  });
}

/** The records of a table that are whole, in order: by its index, or if that is damaged by their own checksums. */
export function readableEntries(bytes: Uint8Array): BlockEntry[] {
  const read = within(bytes);
  let blocks: Uint8Array[];
  try {
    const { index } = footerOf(read, bytes.length);
    blocks = blockEntries(blockAt(read, index, 'the index')).flatMap((entry) => {
      const { offset, size } = handleOf(entry);
      const stored = read(offset, size + BLOCK_TRAILER_BYTES);
      return isWholeBlock(stored) ? [stored] : [];
    });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    blocks = leadingBlocks(bytes);
  }
  return blocks.flatMap(blockEntries);
}

/** The data blocks from the start of a table whose index is lost, up to the first damaged one: they follow each other without gaps. */
function leadingBlocks(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []; // BOUNDED: by the table
  let start = 0;
  let crc = CRC_START;
  for (let at = 0; at + 4 < bytes.length; at++) {
    crc = crcStep(crc, bytes[at] as number);
    // The byte for the kind ends what is summed up; after it stands the sum.
    if ((bytes[at] as number) > 1 || maskCrc(~crc >>> 0) !== word32(bytes, at + 1)) continue;
    const block = bytes.subarray(start, at + BLOCK_TRAILER_BYTES);
    if (!holdsRecords(block)) return found;
    found.push(block);
    start = at + BLOCK_TRAILER_BYTES;
    crc = CRC_START;
    at = start - 1;
  }
  return found;
}

/** False for the blocks behind those of data: filters and indexes. */
function holdsRecords(block: Uint8Array): boolean {
  try {
    return blockEntries(block).every(({ key }) => {
      const tag = key.subarray(-8);
      return tag.length === 8 && (tag[0] as number) <= 1 && tag.subarray(1).some((byte) => byte !== NO_SEQUENCE);
    });
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function footerOf(read: ReadAt, size: number): { readonly metaindex: BlockHandle; readonly index: BlockHandle } {
  if (size < FOOTER_BYTES) throw new DecodeError('bad-length', 'shorter than a footer');
  const footer = read(size - FOOTER_BYTES, FOOTER_BYTES);
  if (word32(footer, 40) !== MAGIC_LOW || word32(footer, 44) !== MAGIC_HIGH) {
    throw new DecodeError('bad-value', 'the magic number at its end is another');
  }
  const reader = new ByteReader(footer.subarray(0, 40));
  return { metaindex: nextHandle(reader), index: nextHandle(reader) };
}

/** The block at `handle` as it is stored; throws DecodeError if it is not what was written. */
function blockAt(read: ReadAt, { offset, size }: BlockHandle, name: string): Uint8Array {
  const stored = read(offset, size + BLOCK_TRAILER_BYTES);
  if (!isWholeBlock(stored)) throw new DecodeError('bad-mac', `${name} at ${offset}`);
  return stored;
}

const handleOf = ({ value }: BlockEntry): BlockHandle => nextHandle(new ByteReader(value));

const nextHandle = (reader: ByteReader): BlockHandle => ({ offset: reader.varint(), size: reader.varint() });

function within(bytes: Uint8Array): ReadAt {
  return (offset, length) => {
    if (offset + length > bytes.length) throw new DecodeError('bad-length', 'a block beyond the end');
    return bytes.subarray(offset, offset + length);
  };
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
