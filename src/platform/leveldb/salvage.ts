import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../write-durably.js';
import type { BlockEntry } from './block.js';
import { databaseFiles } from './files.js';
import { readLog, writeLog } from './log-file.js';
import { readableEntries, tableProblem } from './table.js';

/** Where damaged files are kept, and where LevelDB's own repair puts what it replaced. */
const LOST_FOLDER = 'lost';

/**
 * Prepares the database in `folder` for LevelDB's repair, which trusts what it reads: damaged tables and logs move to
 * `lost/`, and what is whole of them comes back as logs, each record under its old sequence number so that it is neither
 * newer nor older than before. Returns the names of the damaged files. Stopped in the middle, it can be run again.
 */
export function salvage(folder: string): readonly string[] {
  const { tables, logs } = databaseFiles(folder);
  const damaged: string[] = []; // BOUNDED: by the folder
  let next = Math.max(0, ...tables.keys(), ...logs.keys()) + 1;
  for (const file of logs.values()) {
    const { records, damagedAt, torn } = readLog(readFileSync(join(folder, file)));
    // The repair reads logs without looking at their checksums.
    if (damagedAt === undefined && !torn) continue;
    if (damagedAt !== undefined) {
      damaged.push(file);
      copyFileSync(join(folder, file), lostPath(folder, file));
    }
    writeDurably(join(folder, file), writeLog(records));
  }
  for (const file of tables.values()) {
    const bytes = readFileSync(join(folder, file));
    if (tableProblem(bytes) === undefined) continue;
    damaged.push(file);
    const records = readableEntries(bytes).map(recordOf);
    if (records.length > 0) writeDurably(join(folder, `${String(next++).padStart(6, '0')}.log`), writeLog(records));
    renameSync(join(folder, file), lostPath(folder, file));
  }
  return damaged;
}

function lostPath(folder: string, file: string): string {
  mkdirSync(join(folder, LOST_FOLDER), { recursive: true });
  return join(folder, LOST_FOLDER, file);
}

/** A record of a log that writes `entry` under its own sequence number (`db/write_batch.cc`). */
function recordOf({ key, value }: BlockEntry): Uint8Array {
  const userKey = key.subarray(0, -8);
  // Eight bytes, little-endian: the kind, and seven bytes of sequence number.
  const tag = key.subarray(-8);
  const kind = tag[0] ?? 0;
  const head = new Uint8Array(13);
  head.set(tag.subarray(1));
  head[8] = 1;
  head[12] = kind;
  const parts = [head, lengthOf(userKey), userKey];
  if (kind === 1) parts.push(lengthOf(value), value);
  return new Uint8Array(Buffer.concat(parts));
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let left = length;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, left);
}
