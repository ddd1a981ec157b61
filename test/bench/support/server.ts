import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { callRpc, freePort } from './rpc.js';

/** How long a server may take to answer its first call. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 3;

/** A JSON-RPC server in a process of its own. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** The command line of this build. */
export const GRAPEVINE = fileURLToPath(new URL('../../../cmd/grapevine/main.js', import.meta.url));

/** Node.js options for our processes: with GRAPEVINE_BENCH_CPU_PROF=<folder> each leaves a CPU profile there. */
export const NODE_FLAGS: readonly string[] =
  process.env.GRAPEVINE_BENCH_CPU_PROF === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-dir', process.env.GRAPEVINE_BENCH_CPU_PROF];

async function start(command: string, args: readonly string[], port: number): Promise<Server> {
  const startedAtMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  for (;;) {
    try {
      await callRpc(port, 'eth_chainId');
      break;
    } catch {
      const isLate = performance.now() - startedAtMs > START_TIMEOUT_MS;
      if (child.exitCode !== null || isLate) {
        child.kill('SIGKILL');
        throw new Error(`${command} ${args.join(' ')} gave no answer: ${complaint}`);
      }
      await delay(POLL_MS);
    }
  }
  return { pid: child.pid ?? 0, port, readyMs: performance.now() - startedAtMs, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(forced);
}

/** Where a node of ours lives, and what it is told beyond that. */
export interface NodePlace {
  readonly folder: string;
  readonly genesis: string;
  /** A new one in the folder, if left out. */
  readonly datadir?: string;
  readonly p2pPort?: number;
  readonly flags?: readonly string[];
}

/** Pool limits that no benchmark reaches. */
export const BIG_POOL = ['--txpool.globalslots', '1000000', '--txpool.accountslots', '10000'];

/** Starts a node with HTTP, without discovery and mining unless `flags` say so. */
export async function startGrapevine(place: NodePlace): Promise<Server> {
  const port = await freePort();
  const p2pPort = place.p2pPort ?? (await freePort());
  const datadir = place.datadir ?? join(place.folder, `node-${port}`);
  const flags = ['--datadir', datadir, '--genesis', place.genesis];
  const network = ['--addr', '127.0.0.1', '--port', `${p2pPort}`, '--nodiscover', '--nat', 'none'];
  const rpc = ['--http', '--http.port', `${port}`, '--log.level', 'warn'];
  return start(
    process.execPath,
    [...NODE_FLAGS, GRAPEVINE, 'node', ...flags, ...network, ...rpc, ...(place.flags ?? [])],
    port,
  );
}

/** The anvil binary among the installed packages; undefined if there is none for this platform. */
export function anvilPath(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(
      `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/package.json`,
    );
    const path = join(manifest, '..', 'bin', 'anvil');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Starts anvil on the same genesis without mining; undefined where it is not installed. */
export async function startAnvil(genesis: string): Promise<Server | undefined> {
  const path = anvilPath();
  if (path === undefined) return undefined;
  const port = await freePort();
  return start(path, ['--port', `${port}`, '--init', genesis, '--no-mining', '--order', 'fifo', '--quiet'], port);
}

/** Starts the least server that node:http allows: the ceiling of what ours can reach. */
export async function startEcho(): Promise<Server> {
  const port = await freePort();
  const entry = fileURLToPath(new URL('./echo-server.js', import.meta.url));
  return start(process.execPath, [entry, `${port}`], port);
}
