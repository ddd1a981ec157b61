import { readFileSync } from 'node:fs';

/** Clock ticks a second of /proc on every Linux that Node.js runs on. */
const TICKS = 100;

/** CPU seconds that a process and its threads have used, user and system; NaN where /proc does not say. */
export function cpuSeconds(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in bytes; NaN where /proc does not say. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kib) * 1024;
  } catch {
    return Number.NaN;
  }
}
