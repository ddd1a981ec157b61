import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ClassicLevel } from 'classic-level';
import { err, ok, type Result } from '../base/result.js';
import type { KvBatch, KvReader } from '../ports/kv.js';
import type { WriteFailure } from './jobs.js';

/** Why a database could not be opened. `locked`: another process has it. `corrupt`: a repair was tried and did not help. */
export interface OpenFailure {
  readonly code: 'locked' | 'corrupt' | 'not-writable' | 'disk-full' | 'io-error';
  readonly message: string;
}

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
  /** True once a damaged record was met. */
  damaged(): boolean;
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

const MIB = 1 << 20;
/** Fewer, larger tables than LevelDB's default: a full block writes about 2 MB, and each table costs a compaction. */
const OPTIONS = {
  keyEncoding: 'view',
  valueEncoding: 'view',
  writeBufferSize: 16 * MIB,
  maxFileSize: 16 * MIB,
  cacheSize: 16 * MIB,
} as const;

/** Around every key that there is: they begin with a letter and are 33 bytes at most. */
const FIRST_KEY = new Uint8Array(1);
const LAST_KEY = new Uint8Array(40).fill(0xff);

/** A file in the database's folder that says that damage was met; LevelDB leaves it alone. */
const DAMAGE_MARK = 'DAMAGED';

/**
 * Opens or creates the database in the directory `path`. A corrupt one is repaired once, in place; so is one that opens, if
 * `repairFirst`.
 */
export async function openLevelKv(path: string, repairFirst = false): Promise<Result<LevelKv, OpenFailure>> {
  const mark = join(path, DAMAGE_MARK);
  const marked = existsSync(mark);
  const first = repairFirst ? undefined : await open(path);
  if (first?.ok === true) {
    if (marked) rmSync(mark, { force: true });
    return ok(wrap(first.value, marked, mark));
  }
  if (first !== undefined && first.error.code !== 'corrupt') return first;
  try {
    await ClassicLevel.repair(path);
  } catch (error) {
    return err({ code: 'corrupt', message: `${first?.error.message ?? 'damaged'}; repair: ${messageOf(error)}` });
  }
  const second = await open(path);
  if (!second.ok) return second;
  if (marked) rmSync(mark, { force: true });
  return ok(wrap(second.value, true, mark));
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

async function open(path: string): Promise<Result<ClassicLevel<Uint8Array, Uint8Array>, OpenFailure>> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(path, OPTIONS);
  try {
    await db.open();
    return ok(db);
  } catch (error) {
    return err(openFailure(error));
  }
}

function wrap(db: ClassicLevel<Uint8Array, Uint8Array>, repaired: boolean, mark: string): LevelKv {
  let damaged = false;
  let onDamage: () => void = () => undefined;

  /** Leaves word for the next start, which then looks closer. */
  function noteDamage(): undefined {
    if (damaged) return;
    damaged = true;
    try {
      writeFileSync(mark, '');
    } catch {
      // A full or broken disk: the next start meets the damage itself.
    }
    onDamage();
  }

  return {
    repaired,
    damaged: () => damaged,
    onDamage(listener) {
      onDamage = listener;
    },
    get(key) {
      let stored: Uint8Array | undefined;
      try {
        stored = db.getSync(key);
      } catch (error) {
        if (isCorruption(error)) return noteDamage();
        throw new KvReadError(messageOf(error));
      }
      return stored === undefined ? undefined : (checked(key, stored) ?? noteDamage());
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
          if (value === undefined) noteDamage();
          else whole.push([plain(key), value]);
        }
      } catch (error) {
        if (!isCorruption(error)) throw new KvReadError(messageOf(error));
        noteDamage();
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
    close: () => db.close(),
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

function openFailure(error: unknown): OpenFailure {
  const message = messageOf(error);
  const codes = causes(error).map((cause) => cause.code);
  if (codes.includes('LEVEL_LOCKED')) return { code: 'locked', message };
  if (isDiskFull(error)) return { code: 'disk-full', message };
  if (codes.some((code) => code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')) {
    return { code: 'not-writable', message };
  }
  if (/permission denied|read-only file system|not a directory/i.test(message))
    return { code: 'not-writable', message };
  if (isCorruption(error) || /does not exist|no such file/i.test(message)) return { code: 'corrupt', message };
  return { code: 'io-error', message };
}

function isCorruption(error: unknown): boolean {
  return causes(error).some((cause) => cause.code === 'LEVEL_CORRUPTION') || /corruption/i.test(messageOf(error));
}

function isDiskFull(error: unknown): boolean {
  return (
    causes(error).some((cause) => cause.code === 'ENOSPC' || cause.code === 'EDQUOT') ||
    /no space left on device|disk quota exceeded/i.test(messageOf(error))
  );
}

/** The error and what it names as its causes; LevelDB's own reason is the innermost. */
function causes(error: unknown): readonly { readonly code: string | undefined; readonly message: string }[] {
  const found: { code: string | undefined; message: string }[] = [];
  for (let at = error; at instanceof Error && found.length < 4; at = at.cause) {
    found.push({ code: 'code' in at && typeof at.code === 'string' ? at.code : undefined, message: at.message });
  }
  return found;
}

function messageOf(error: unknown): string {
  const messages = causes(error).map((cause) => cause.message);
  return messages.length > 0 ? messages.join(': ') : String(error);
}
