import { crc32 } from 'node:zlib';
import { err, ok, type Result } from '../base/result.js';
import type { KvBatch, KvReader } from '../ports/kv.js';
import type { WriteFailure } from './jobs.js';
import { isCorruption, isDiskFull, messageOf, type OpenFailure } from './leveldb/failure.js';
import { forgetDamage, markClosed, noteDamage } from './leveldb/marks.js';
import { type OpenedDatabase, openRepaired } from './leveldb/open.js';

/** A database on disk that can't be read: the process should end, the next start repairs it. */
export class KvReadError extends Error {
  override readonly name = 'KvReadError';
}

/**
 * An open LevelDB. Reads are synchronous, writes are not. Each record carries a checksum of its key and value, for LevelDB
 * itself checks none when it reads: a record that the disk changed reads as absent.
 */
export interface LevelKv extends KvReader {
  /** True if the database was damaged and a repair brought it back, perhaps without some records, or if damage was met when it was last open. */
  readonly repaired: boolean;
  /** The files that records were lost with; none if all could be brought back. */
  readonly lost: readonly string[];
  /** True once a damaged record was met. */
  damaged(): boolean;
  /** What was damaged is made good: the next start need not look closer, unless more was met since. */
  forgetDamage(): void;
  /** Calls `listener` when the first damaged record is met from now on. */
  onDamage(listener: () => void): void;
  /** Applies all of `batch` or nothing; with `sync` it is on the disk when the promise resolves. Never rejects. */
  write(batch: KvBatch, options: { readonly sync: boolean }): Promise<WriteFailure | undefined>;
  /** The entries whose keys begin with `prefix`, in key order, at most `limit`; damaged ones are left out. */
  readAll(prefix: Uint8Array, limit: number): Promise<[key: Uint8Array, value: Uint8Array][]>;
  /** What LevelDB says of itself under `name` (`leveldb.stats`, ...); empty if it has no such property. */
  property(name: string): string;
  /** Rewrites the tables without what was deleted or overwritten; takes long. */
  compact(): Promise<Result<undefined, string>>;
  close(): Promise<void>;
}

/** Around every key that there is: they begin with a letter and are 33 bytes at most. */
const FIRST_KEY = new Uint8Array(1);
const LAST_KEY = new Uint8Array(40).fill(0xff);

/**
 * Opens or creates the database in the directory `path`. What is damaged is found and repaired before anything is read;
 * with `repairFirst` it is repaired even if nothing was found.
 */
export async function openLevelKv(path: string, repairFirst = false): Promise<Result<LevelKv, OpenFailure>> {
  const opened = await openRepaired(path, repairFirst);
  return opened.ok ? ok(wrap(opened.value, path)) : opened;
}

const CHECKSUM_BYTES = 4;

/** `value` and the CRC-32 of `key` and `value`. */
function withChecksum(key: Uint8Array, value: Uint8Array): Uint8Array {
  const stored = Buffer.allocUnsafe(value.length + CHECKSUM_BYTES);
  stored.set(value);
  stored.writeUInt32BE(crc32(value, crc32(key)), value.length);
  return stored;
}

/** The value of a record as it is stored; undefined if it is not what was written under `key`. */
function checked(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  const length = stored.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const value = plain(stored.subarray(0, length));
  const checksum = new DataView(stored.buffer, stored.byteOffset + length, CHECKSUM_BYTES).getUint32(0);
  return crc32(value, crc32(key)) === checksum ? value : undefined;
}

function wrap({ database: db, damage }: OpenedDatabase, folder: string): LevelKv {
  let damaged = false;
  let onDamage: () => void = () => undefined;

  /** Leaves word for the next start, which then looks closer. */
  function meetDamage(): undefined {
    if (damaged) return;
    damaged = true;
    try {
      noteDamage(folder, []);
    } catch {
      // A full or broken disk: the next start meets the damage itself.
    }
    onDamage();
  }

  return {
    repaired: damage !== undefined,
    lost: damage ?? [],
    damaged: () => damaged,
    onDamage(listener) {
      onDamage = listener;
    },
    get(key) {
      let stored: Uint8Array | undefined;
      try {
        stored = db.getSync(key);
      } catch (error) {
        if (isCorruption(error)) return meetDamage();
        throw new KvReadError(messageOf(error));
      }
      return stored === undefined ? undefined : (checked(key, stored) ?? meetDamage());
    },
    async write(batch, options) {
      try {
        // A sixth of the time that an array of operations takes: LevelDB's wrapper clones each operation of an array.
        const chained = db.batch();
        for (const change of batch) {
          if (change.kind === 'put') chained.put(change.key, withChecksum(change.key, change.value));
          else chained.del(change.key);
        }
        await chained.write(options);
        return undefined;
      } catch (error) {
        return { reason: isDiskFull(error) ? 'disk-full' : 'io-error', message: messageOf(error) };
      }
    },
    async readAll(prefix, limit) {
      const range = { gte: prefix, ...upperBound(prefix), limit };
      const whole: [Uint8Array, Uint8Array][] = [];
      try {
        for await (const [key, stored] of db.iterator(range)) {
          const value = checked(key, stored);
          if (value === undefined) meetDamage();
          else whole.push([plain(key), value]);
        }
      } catch (error) {
        if (!isCorruption(error)) throw new KvReadError(messageOf(error));
        meetDamage();
      }
      return whole;
    },
    property: (name) => db.getProperty(name),
    async compact() {
      try {
        await db.compactRange(FIRST_KEY, LAST_KEY);
        return ok(undefined);
      } catch (error) {
        return err(messageOf(error));
      }
    },
    forgetDamage() {
      if (!damaged) forgetDamage(folder);
    },
    async close() {
      await db.close();
      markClosed(folder);
    },
  };
}

/** LevelDB hands out Buffers, whose `slice` shares memory where that of other arrays copies. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The first key after all that begin with `prefix`; none if there is no such key. */
function upperBound(prefix: Uint8Array): { readonly lt?: Uint8Array } {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return {};
  const bound = new Uint8Array(prefix.subarray(0, length));
  bound[length - 1] = (bound[length - 1] ?? 0) + 1;
  return { lt: bound };
}
