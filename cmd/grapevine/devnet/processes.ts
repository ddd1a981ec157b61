import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lockOwner } from '../../../src/platform/datadir/lock.js';
import { isAlive } from '../../../src/platform/process-alive.js';
import type { DevnetNode } from './network-file.js';

/** How long a node may take to stop by itself before it is killed. */
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 25;

/** Starts `node main.js ARGS` on its own, with its output appended to `logFile`; returns its pid. */
export function startDetached(mainFile: string, args: readonly string[], logFile: string): number {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(process.execPath, [mainFile, ...args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, NO_COLOR: '1' },
    });
    if (child.pid === undefined) throw new Error(`could not start ${process.execPath}`);
    child.unref();
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** The process that holds the node's datadir now, so never a reused pid of an old run. */
export function runningPid(node: DevnetNode): number | undefined {
  return lockOwner(node.datadir);
}

async function stopOne(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch {
      // Gone already.
    }
  };
  signal('SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal('SIGKILL');
    await delay(POLL_MS);
  }
}

/** Stops processes, politely first; resolves when all are gone. */
export async function stopProcesses(pids: readonly number[]): Promise<void> {
  await Promise.all(pids.map(stopOne));
}

/** The last `count` lines of a log file; empty if there is none. */
export function lastLines(logFile: string, count: number): string[] {
  if (!existsSync(logFile)) return [];
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count);
}
