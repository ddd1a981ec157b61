import { DecodeError } from '../../codec/decode-error.js';
import { ByteReader } from './byte-reader.js';

/** Which files a database is made of. */
export interface LiveFiles {
  /** Size of each table, by its number. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs with a smaller number are in tables already, but for `previousLog`. 0: there is none. */
  readonly firstLog: number;
  readonly previousLog: number;
}

/** The live files after all changes that the records of a manifest tell of (`db/version_edit.cc`); throws DecodeError. */
export function liveFiles(records: readonly Uint8Array[]): LiveFiles {
  const tables = new Map<number, number>(); // BOUNDED: by the manifest
  let [firstLog, previousLog] = [0, 0];
  for (const record of records) {
    const reader = new ByteReader(record);
    const deleted: number[] = [];
    const added: [number, number][] = [];
    while (reader.left > 0) {
      const tag = reader.varint();
      switch (tag) {
        case 1: // the comparator's name
          reader.string();
          break;
        case 2:
          firstLog = reader.varint();
          break;
        case 3: // the next file's number
        case 4: // the last sequence number
          reader.varint();
          break;
        case 5: // level and key of the next compaction
          reader.varint();
          reader.string();
          break;
        case 6:
          reader.varint();
          deleted.push(reader.varint());
          break;
        case 7:
          reader.varint();
          added.push([reader.varint(), reader.varint()]);
          reader.string();
          reader.string();
          break;
        case 9:
          previousLog = reader.varint();
          break;
        default:
          throw new DecodeError('bad-value', `a change of the unknown kind ${tag}`);
      }
    }
    // A table that moves to another level is deleted from the one and added to the other.
    for (const number of deleted) tables.delete(number);
    for (const [number, size] of added) tables.set(number, size);
  }
  return { tables, firstLog, previousLog };
}
