import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DecodeError } from '../../codec/decode-error.js';
import { type DatabaseFiles, databaseFiles } from './files.js';
import { readLog } from './log-file.js';
import { type LiveFiles, liveFiles } from './manifest.js';
import { tableFrameProblem, tableProblem } from './table.js';

/** A file of a database that is not as it was written. */
export interface FileProblem {
  readonly file: string;
  readonly problem: string;
}

/**
 * Looks for damage in the files of the closed database in `folder`, before LevelDB reads them: it trusts what is in them,
 * and ends the whole process where it finds sizes, keys or an order that it can't have written. Manifest, logs and the
 * frames of all tables are always read; of the tables' contents, `maxBytes` at most, the newest first. Only a database that
 * was not `closed` may have a log whose last record is not complete.
 */
export function findDamage(folder: string, maxBytes: number, closed: boolean): readonly FileProblem[] {
  const files = databaseFiles(folder);
  if (!files.hasCurrent) return files.tables.size + files.logs.size === 0 ? [] : [{ file: 'CURRENT', problem: 'lost' }];
  let live: LiveFiles;
  try {
    live = readManifest(folder, files);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return [{ file: 'MANIFEST', problem: error.message }];
  }
  return [...logProblems(folder, files, live, closed), ...tableProblems(folder, files, live, maxBytes)];
}

function readManifest(folder: string, files: DatabaseFiles): LiveFiles {
  const current = readFileSync(join(folder, 'CURRENT'), 'latin1');
  const name = current.slice(0, -1);
  if (!current.endsWith('\n') || !files.manifests.includes(name)) {
    throw new DecodeError('bad-value', 'CURRENT names no manifest');
  }
  const { records, torn, damagedAt } = readLog(readFileSync(join(folder, name)));
  if (damagedAt !== undefined) throw new DecodeError('bad-mac', `${name} at ${damagedAt}`);
  // LevelDB would take the state before for the newest, and delete what came after.
  if (torn) throw new DecodeError('bad-length', `${name} is cut off`);
  return liveFiles(records);
}

function logProblems(folder: string, files: DatabaseFiles, live: LiveFiles, closed: boolean): FileProblem[] {
  const { firstLog, previousLog } = live;
  const problems: FileProblem[] = [];
  if (firstLog > 0 && !files.logs.has(firstLog)) problems.push({ file: `${firstLog}.log`, problem: 'lost' });
  for (const [number, file] of files.logs) {
    if (number < firstLog && number !== previousLog) continue;
    const { damagedAt, torn } = readLog(readFileSync(join(folder, file)));
    if (damagedAt !== undefined) problems.push({ file, problem: `damaged at ${damagedAt}` });
    else if (torn && closed) problems.push({ file, problem: 'cut off' });
  }
  return problems;
}

function tableProblems(folder: string, files: DatabaseFiles, live: LiveFiles, maxBytes: number): FileProblem[] {
  const problems: FileProblem[] = [];
  let left = maxBytes;
  for (const [number, size] of [...live.tables].sort(([a], [b]) => b - a)) {
    const file = files.tables.get(number);
    if (file === undefined) {
      problems.push({ file: `${number}.ldb`, problem: 'lost' });
      continue;
    }
    left -= size;
    const problem = tableFileProblem(join(folder, file), size, left >= 0);
    if (problem !== undefined) problems.push({ file, problem });
  }
  return problems;
}

function tableFileProblem(path: string, size: number, whole: boolean): string | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const found = fstatSync(descriptor).size;
    if (found !== size) return `${found} bytes instead of ${size}`;
    return whole
      ? tableProblem(readFileSync(descriptor))
      : tableFrameProblem((offset, length) => readPart(descriptor, offset, length, size), size);
  } catch (cause) {
    // A sector that the disk can't read.
    if ((cause as NodeJS.ErrnoException).code === 'EIO') return 'the disk can not read it';
    throw cause;
  } finally {
    closeSync(descriptor);
  }
}

function readPart(descriptor: number, offset: number, length: number, size: number): Uint8Array {
  if (offset + length > size) throw new DecodeError('bad-length', 'a block beyond the end');
  const bytes = new Uint8Array(length);
  readSync(descriptor, bytes, 0, length, offset);
  return bytes;
}
