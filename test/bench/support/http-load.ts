import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './process-stats.js';
import type { Server } from './server.js';

/** What the client process is told. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  /** A file with one request body a line; each is sent once. */
  readonly bodies: string;
}

/** What the client process saw. */
export interface LoadResult {
  readonly requests: number;
  /** Calls that were answered with a result: as many as `requests`, or more where these are batches. */
  readonly results: number;
  /** The start of the first answer that held an error. */
  readonly firstError: string | undefined;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU seconds of the server meanwhile. */
  readonly serverCpuSeconds: number;
}

let files = 0;

const CLIENT = fileURLToPath(new URL('./http-load-client.js', import.meta.url));

/** Loads `server` from another process: each connection sends its next request when the last is answered. */
export async function httpLoad(
  server: Server,
  folder: string,
  connections: number,
  bodies: readonly string[],
): Promise<LoadResult> {
  const path = join(folder, `bodies-${++files}.txt`);
  writeFileSync(path, bodies.join('\n'));
  const order: LoadOrder = {
    port: server.port,
    connections,
    bodies: path,
  };
  const before = cpuSeconds(server.pid);
  const text = await outputOf(process.execPath, [CLIENT, JSON.stringify(order)]);
  const seen: Omit<LoadResult, 'serverCpuSeconds'> = JSON.parse(text);
  return { ...seen, serverCpuSeconds: cpuSeconds(server.pid) - before };
}

function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`the load client ended with ${code}`)),
    );
  });
}
