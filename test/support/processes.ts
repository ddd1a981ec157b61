import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The built program, or the one that $GRAPEVINE_MAIN names (an installed package's, for instance). */
export const mainFile = process.env.GRAPEVINE_MAIN ?? join(projectRoot, 'dist', 'cmd', 'grapevine', 'main.js');

/** The genesis file of the devnet. */
export const devnetGenesis = join(projectRoot, 'genesis', 'devnet.json');

/** How a process ended: its code, or the signal that ended it. */
export interface Exit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of ours that runs. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves when it has ended and all that it printed is read. */
  readonly exit: Promise<Exit>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  kill(signal: NodeJS.Signals): void;
}

/** What a process is started with beside its arguments. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  readonly cwd?: string;
}

// Whatever happens to the test, nothing that it started outlives it.
const alive = new Set<ChildProcess>();
const folders = new Set<string>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
  removeFolders();
});

function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** A fresh folder, removed by {@link killAll}. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grapevine-test-'));
  folders.add(folder);
  return folder;
}

/** Kills every process that `start` started, and removes every `tempFolder`; for the last `afterAll` of a file. */
export async function killAll(): Promise<void> {
  const ended = [...alive].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(ended);
  removeFolders();
}

/** Starts `command ARGS`. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): RunningProcess {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd ?? projectRoot,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...options.env },
  });
  alive.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      alive.delete(child);
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    exit,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Runs `grapevine ARGS` to its end. */
export function grapevine(args: readonly string[], options: StartOptions = {}): Promise<Exit> {
  if (!existsSync(mainFile)) throw new Error(`${mainFile} is missing: build first (npm run build)`);
  return start(process.execPath, [mainFile, ...args], options).exit;
}

/** A TCP port that nobody listens on right now, and whose UDP twin is as likely free. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
