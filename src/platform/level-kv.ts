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

/** An open LevelDB. Reads are synchronous, writes are not. */
export interface LevelKv extends KvReader {
  /** True if the database was damaged and a repair brought it back, perhaps without its newest records. */
  readonly repaired: boolean;
  /** Applies all of `batch` or nothing; with `sync` it is on the disk when the promise resolves. Never rejects. */
  write(batch: KvBatch, options: { readonly sync: boolean }): Promise<WriteFailure | undefined>;
  /** The entries whose keys begin with `prefix`, in key order, at most `limit`. */
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

/** Opens or creates the database in the directory `path`. A corrupt one is repaired once, in place. */
export async function openLevelKv(path: string): Promise<Result<LevelKv, OpenFailure>> {
  const first = await open(path);
  if (first.ok) return ok(wrap(first.value, false));
  if (first.error.code !== 'corrupt') return first;
  try {
    await ClassicLevel.repair(path);
  } catch (error) {
    return err({ code: 'corrupt', message: `${first.error.message}; repair: ${messageOf(error)}` });
  }
  const second = await open(path);
  return second.ok ? ok(wrap(second.value, true)) : second;
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

function wrap(db: ClassicLevel<Uint8Array, Uint8Array>, repaired: boolean): LevelKv {
  return {
    repaired,
    get(key) {
      try {
        const value = db.getSync(key);
        return value === undefined ? undefined : plain(value);
      } catch (error) {
        throw new KvReadError(messageOf(error));
      }
    },
    async write(batch, options) {
      try {
        // A sixth of the time that an array of operations takes: LevelDB's wrapper clones each operation of an array.
        const chained = db.batch();
        for (const change of batch) {
          if (change.kind === 'put') chained.put(change.key, change.value);
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
      const entries = await db.iterator(range).all();
      return entries.map(([key, value]) => [plain(key), plain(value)]);
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
  if (codes.includes('LEVEL_CORRUPTION') || /corruption|does not exist|no such file/i.test(message)) {
    return { code: 'corrupt', message };
  }
  return { code: 'io-error', message };
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
