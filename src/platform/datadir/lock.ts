import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { isAlive } from '../process-alive.js';

/** A datadir that this process holds alone. */
export interface DatadirLock {
  release(): void;
}

/** Who holds the datadir. */
export interface LockedBy {
  readonly kind: 'locked';
  readonly pid: number;
  readonly path: string;
}

const LOCK_FILE = 'grapevine.lock';

function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes `grapevine.lock`, which holds the owner's pid. A lock whose owner is dead (kill -9) is taken over; the
 * databases' own locks guard against the rest.
 */
export function lockDatadir(datadir: string): Result<DatadirLock, LockedBy> {
  const path = join(datadir, LOCK_FILE);
  for (let attempt = 0; ; attempt++) {
    try {
      const descriptor = openSync(path, 'wx', 0o644);
      writeSync(descriptor, `${process.pid}\n`);
      closeSync(descriptor);
      return ok({
        release: () => {
          if (readPid(path) === process.pid) rmSync(path, { force: true });
        },
      });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const pid = readPid(path);
      if (pid !== undefined && pid !== process.pid && isAlive(pid)) return err({ kind: 'locked', pid, path });
      if (attempt > 2) return err({ kind: 'locked', pid: pid ?? 0, path });
      rmSync(path, { force: true });
    }
  }
}

/** The living process that holds the datadir; undefined if none does. */
export function lockOwner(datadir: string): number | undefined {
  const pid = readPid(join(datadir, LOCK_FILE));
  return pid !== undefined && isAlive(pid) ? pid : undefined;
}
