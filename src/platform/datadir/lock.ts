import { constants, copyFileSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { isAlive, startTimeOf } from '../process-alive.js';
import { writeDurably } from '../write-durably.js';

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

/** Who wrote a lock. Pids are given out again, so its start tells one process from a later one; older locks lack it. */
interface Owner {
  readonly pid: number;
  readonly startTime: string | undefined;
}

function readOwner(path: string): Owner | undefined {
  try {
    const [first, second] = readFileSync(path, 'utf8').split('\n');
    const pid = Number.parseInt(first ?? '', 10);
    return Number.isInteger(pid) && pid > 0 ? { pid, startTime: second || undefined } : undefined;
  } catch {
    return undefined;
  }
}

/** True if the owner still runs, and not another process under its pid. */
function holds({ pid, startTime }: Owner): boolean {
  if (!isAlive(pid)) return false;
  const now = startTimeOf(pid);
  return startTime === undefined || now === undefined || startTime === now;
}

/**
 * Takes `grapevine.lock`, which holds the owner's pid and, in a second line, when it started. A lock whose owner is dead
 * (kill -9) is taken over; the databases' own locks guard against the rest.
 */
export function lockDatadir(datadir: string): Result<DatadirLock, LockedBy> {
  const path = join(datadir, LOCK_FILE);
  // The name comes with the content: nobody sees a lock without its owner.
  const own = `${path}.${process.pid}`;
  writeDurably(own, `${process.pid}\n${startTimeOf(process.pid) ?? ''}\n`);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkOrCopy(own, path);
        return ok({
          release: () => {
            if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
          },
        });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
        const owner = readOwner(path);
        if (owner !== undefined && owner.pid !== process.pid && holds(owner)) {
          return err({ kind: 'locked', pid: owner.pid, path });
        }
        if (attempt > 2) return err({ kind: 'locked', pid: owner?.pid ?? 0, path });
        rmSync(path, { force: true });
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // Not every file system has links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw cause;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** The living process that holds the datadir; undefined if none does. */
export function lockOwner(datadir: string): number | undefined {
  const owner = readOwner(join(datadir, LOCK_FILE));
  return owner !== undefined && holds(owner) ? owner.pid : undefined;
}
