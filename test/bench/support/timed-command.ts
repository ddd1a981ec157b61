import { spawn } from 'node:child_process';
import { cpuSeconds } from './process-stats.js';

/** How long a process ran and what it used. */
export interface CommandRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const SAMPLE_MS = 20;

/** Runs `node ARGS` to its end; the CPU time is that of the last sample before it. */
export function timedCommand(args: readonly string[]): Promise<CommandRun> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let cpu = Number.NaN;
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000);
    });
    const sampling = setInterval(() => {
      const now = cpuSeconds(child.pid ?? 0);
      if (now > 0) cpu = now;
    }, SAMPLE_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(sampling);
      if (code === 0) resolve({ seconds: (performance.now() - startedAtMs) / 1000, cpuSeconds: cpu });
      else reject(new Error(`the command ended with ${code}: ${complaint}`));
    });
  });
}
