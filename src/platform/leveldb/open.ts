import { mkdirSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { err, ok, type Result } from '../../base/result.js';
import { findDamage } from './check.js';
import { messageOf, type OpenFailure, openFailure } from './failure.js';
import { markOpen, noteDamage, readDamage, uncleanEnds } from './marks.js';
import { salvage } from './salvage.js';

/** A LevelDB as it is, keys and values as bytes. */
export type RawDatabase = ClassicLevel<Uint8Array, Uint8Array>;

/** An open database, and what became of it before. */
export interface OpenedDatabase {
  readonly database: RawDatabase;
  /** Undefined if nothing was damaged; otherwise the files that lost records, none if only what leads to them was damaged. */
  readonly damage: readonly string[] | undefined;
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

/** Read at a start to look for damage: half a second's work, and the whole chain of most networks of ours. */
const USUAL_CHECK_BYTES = 256 * MIB;
/** After so many ends in a row without closing the database itself may be what ends the process. */
const SUSPICIOUS_ENDS = 3;

/**
 * Opens or creates the database in `folder`. Its files are checked before LevelDB sees them, for it ends the process at
 * damage; a damaged database is repaired, in place, with every record that is still whole. `repairFirst` does so anyhow.
 */
export async function openRepaired(folder: string, repairFirst: boolean): Promise<Result<OpenedDatabase, OpenFailure>> {
  try {
    mkdirSync(folder, { recursive: true });
    const known = readDamage(folder);
    const ends = uncleanEnds(folder);
    const thorough = repairFirst || known !== undefined || ends >= SUSPICIOUS_ENDS;
    const problems = findDamage(folder, thorough ? Number.POSITIVE_INFINITY : USUAL_CHECK_BYTES, ends === 0);
    markOpen(folder, thorough ? 0 : ends);
    if (problems.length === 0 && !repairFirst) {
      const first = await open(folder);
      if (first.ok) return ok({ database: first.value, damage: known });
      // Who holds it has marked it so himself.
      if (first.error.code === 'locked') markOpen(folder, ends - 1);
      if (first.error.code !== 'corrupt') return first;
    }
    return await repair(
      folder,
      problems.filter(({ file }) => /^\d/.test(file)).map(({ file }) => file),
    );
  } catch (error) {
    return err(openFailure(error));
  }
}

/** Repairs the database, which lost records in the files `lost`, and opens it. */
async function repair(folder: string, lost: readonly string[]): Promise<Result<OpenedDatabase, OpenFailure>> {
  // First of all, so that a start after a kill in the middle knows of it.
  noteDamage(folder, lost);
  noteDamage(folder, salvage(folder));
  try {
    await ClassicLevel.repair(folder);
  } catch (error) {
    const { code } = openFailure(error);
    return err({ code: code === 'disk-full' ? code : 'corrupt', message: `repair: ${messageOf(error)}` });
  }
  const database = await open(folder);
  return database.ok ? ok({ database: database.value, damage: readDamage(folder) ?? [] }) : database;
}

async function open(folder: string): Promise<Result<RawDatabase, OpenFailure>> {
  const database = new ClassicLevel<Uint8Array, Uint8Array>(folder, OPTIONS);
  try {
    await database.open();
    return ok(database);
  } catch (error) {
    return err(openFailure(error));
  }
}
