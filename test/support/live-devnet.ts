import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exit, grapevine, tempFolder } from './processes.js';

/** What `network.json` says of a node, as far as scripts use it. */
export interface DevnetNodeFile {
  readonly name: string;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly enode: string;
  readonly datadir: string;
  readonly logFile: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly pid?: number;
}

/** `network.json` as scripts read it. */
export interface NetworkFile {
  readonly name: string;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly nodes: readonly DevnetNodeFile[];
}

/** A devnet in a folder of its own, on ports of its own. */
export interface LiveDevnet {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `grapevine devnet ARGS`. */
  run(...args: string[]): Promise<Exit>;
  /** Starts it with `args`; throws with its output if it does not become ready. */
  up(...args: string[]): Promise<Exit>;
  network(): NetworkFile;
  /** Stops its nodes whatever state they are in; for `afterAll`. */
  remove(): Promise<void>;
}

/** A port offset that test processes side by side do not share: each has its own pid. */
const offsetOfThisProcess = (): number => 1_000 + (process.pid % 90) * 200;

/** Prepares a devnet; nothing runs before `up`. */
export function liveDevnet(name = 'default'): LiveDevnet {
  const folder = tempFolder();
  const env = { GRAPEVINE_DEVNET_DIR: folder };
  const path = join(folder, name, 'network.json');
  const network = (): NetworkFile => JSON.parse(readFileSync(path, 'utf8')) as NetworkFile;
  // A devnet outlives the command that started it, but never the test, even one that is interrupted.
  process.on('exit', () => {
    if (existsSync(path)) for (const { pid } of network().nodes) killQuietly(pid);
  });
  const run = (...args: string[]): Promise<Exit> => grapevine(['devnet', ...args, '--name', name], { env });
  return {
    folder: join(folder, name),
    env,
    run,
    async up(...args) {
      const exit = await run('up', '--port-offset', String(offsetOfThisProcess()), ...args);
      if (exit.code !== 0) throw new Error(`devnet up ended with ${exit.code}: ${exit.stderr}`);
      return exit;
    },
    network,
    async remove() {
      await run('reset');
    },
  };
}

function killQuietly(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
