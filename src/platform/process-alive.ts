import { readFileSync } from 'node:fs';

/** True if the process runs. One that has ended but was not waited for (a zombie) does not: containers often have no reaper. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statOf(pid)?.[STATE] !== 'Z';
}

/** When the process started, in ticks since the machine did: with the pid, which one it is. Undefined where there is no /proc. */
export function startTimeOf(pid: number): string | undefined {
  return statOf(pid)?.[START_TIME];
}

/** Places in /proc/PID/stat (proc(5), fields 3 and 22), counted from behind the name, which may hold anything. */
const [STATE, START_TIME] = [0, 19];

function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
