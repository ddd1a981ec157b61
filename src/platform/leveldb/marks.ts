import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tells the next start of damage that is not yet made good: the names of the files that lost records, if any did. */
const DAMAGE_MARK = 'DAMAGED';
/** There while the database is open: how often in a row it was not closed. */
const OPEN_MARK = 'OPEN';

/** The files that lost records since the damage was last made good; undefined if there was none. */
export function readDamage(folder: string): readonly string[] | undefined {
  return readMark(folder, DAMAGE_MARK)
    ?.split('\n')
    .filter((name) => name !== '');
}

/** Leaves word for the next start, beside what is there. Throws what the file system says. */
export function noteDamage(folder: string, lost: readonly string[]): void {
  const names = new Set([...(readDamage(folder) ?? []), ...lost]);
  writeFileSync(join(folder, DAMAGE_MARK), [...names, ''].join('\n'));
}

/** The damage was made good. */
export function forgetDamage(folder: string): void {
  rmSync(join(folder, DAMAGE_MARK), { force: true });
}

/** How often in a row the database was opened and not closed. */
export function uncleanEnds(folder: string): number {
  const count = Number.parseInt(readMark(folder, OPEN_MARK) ?? '0', 10);
  return Number.isSafeInteger(count) ? count : 0;
}

/** Notes that the database is open, after `uncleanEnds`. A full disk keeps nobody from opening. */
export function markOpen(folder: string, ends: number): void {
  try {
    writeFileSync(join(folder, OPEN_MARK), `${ends + 1}\n`);
  } catch {
    // Then the next start takes this one for well ended, and checks less.
  }
}

/** Notes that the database was closed. */
export function markClosed(folder: string): void {
  rmSync(join(folder, OPEN_MARK), { force: true });
}

function readMark(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
