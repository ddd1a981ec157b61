import { readdirSync } from 'node:fs';

/** The files of a database in a folder, by what they are (`db/filename.cc`). */
export interface DatabaseFiles {
  readonly tables: ReadonlyMap<number, string>;
  readonly logs: ReadonlyMap<number, string>;
  readonly manifests: readonly string[];
  readonly hasCurrent: boolean;
}

/** What lies in `folder`; nothing if there is no such folder. Throws what the file system says otherwise. */
export function databaseFiles(folder: string): DatabaseFiles {
  const tables = new Map<number, string>(); // BOUNDED: by the folder
  const logs = new Map<number, string>(); // BOUNDED: by the folder
  const names = namesIn(folder);
  for (const name of names) {
    const number = Number.parseInt(name, 10);
    if (/^\d+\.(ldb|sst)$/.test(name)) tables.set(number, name);
    if (/^\d+\.log$/.test(name)) logs.set(number, name);
  }
  const manifests = names.filter((name) => /^MANIFEST-\d+$/.test(name));
  return { tables, logs, manifests, hasCurrent: names.includes('CURRENT') };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
