import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeDurably } from '../../../src/platform/write-durably.js';
import { CliError } from '../lib/cli-error.js';
import { packageRoot } from '../lib/datadir.js';
import { ExitCode } from '../lib/exit-code.js';

/** One node of a devnet as `network.json` records it. */
export interface DevnetNode {
  readonly name: string;
  readonly datadir: string;
  readonly logFile: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly metricsPort: number;
  readonly miner: boolean;
  readonly enode: string;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** The process that runs it; stale after a crash or `down`. */
  readonly pid: number | undefined;
}

/** A named network of local nodes, as `devnet/.run/<name>/network.json` holds it. */
export interface DevnetNetwork {
  readonly name: string;
  readonly chainId: number;
  readonly currency: string;
  readonly genesisFile: string;
  readonly genesisHash: string;
  readonly mnemonic: string;
  readonly nodes: readonly DevnetNode[];
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/i;

/** The folder of the network `name`; refuses names that are no plain folder names. */
export function devnetFolder(name: string): string {
  if (!NAME.test(name)) {
    throw new CliError(
      ExitCode.usage,
      `"${name}" is no network name`,
      'use up to 32 letters, digits, ".", "_" and "-"',
    );
  }
  return join(devnetsFolder(), name);
}

/** The folder that holds every network: `devnet/.run` beside the program, or $GRAPEVINE_DEVNET_DIR. */
export function devnetsFolder(): string {
  return resolve(process.env.GRAPEVINE_DEVNET_DIR ?? join(packageRoot(), 'devnet', '.run'));
}

/** The names of the networks that exist. */
export function devnetNames(): string[] {
  const folder = devnetsFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'network.json')));
}

/** The network called `name`, or undefined if it was never made. */
export function readNetwork(name: string): DevnetNetwork | undefined {
  const path = join(devnetFolder(name), 'network.json');
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DevnetNetwork;
  } catch {
    throw new CliError(
      ExitCode.config,
      `${path} is damaged`,
      `delete the network with "grapevine devnet reset --name ${name}"`,
    );
  }
}

/** The network called `name`; throws if there is none. */
export function requireNetwork(name: string): DevnetNetwork {
  const network = readNetwork(name);
  if (network !== undefined) return network;
  const others = devnetNames();
  const known = others.length === 0 ? '' : ` (there is: ${others.join(', ')})`;
  throw new CliError(ExitCode.usage, `there is no devnet "${name}"${known}`, 'make it with devnet/up.sh');
}

/** Writes `network.json` in one move, so that nobody ever sees half of it. */
export function writeNetwork(network: DevnetNetwork): void {
  const folder = devnetFolder(network.name);
  mkdirSync(folder, { recursive: true });
  writeDurably(join(folder, 'network.json'), `${JSON.stringify(network, null, 2)}\n`);
}
