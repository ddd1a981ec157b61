import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hash32 } from '../../../src/base/brand.js';
import { buildGenesis } from '../../../src/chain/genesis.js';
import { writeDurably } from '../../../src/platform/write-durably.js';
import { type Genesis, parseGenesis } from '../../../src/types/genesis-file.js';
import { CliError } from './cli-error.js';
import { packageRoot } from './datadir.js';
import { ExitCode } from './exit-code.js';

/** A genesis file, read and checked. */
export interface GenesisFile {
  readonly path: string;
  readonly genesis: Genesis;
  readonly hash: Hash32;
}

/** Reads a genesis file; the error says which key is wrong. */
export function readGenesisFile(path: string): GenesisFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(
      ExitCode.config,
      `can't read the genesis file ${path}: ${(cause as Error).message}`,
      'name another with --genesis',
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CliError(ExitCode.config, `${path} is no JSON: ${(cause as Error).message}`);
  }
  const parsed = parseGenesis(json);
  if (!parsed.ok) throw new CliError(ExitCode.config, `${path}: ${parsed.error.message}`, 'see genesis/format.md');
  return { path, genesis: parsed.value, hash: buildGenesis(parsed.value).sealed.hash };
}

/** The copy of its genesis that a data directory keeps. */
const storedGenesisPath = (datadir: string): string => join(datadir, 'genesis.json');

/** Keeps a copy of the genesis in the data directory, so that later starts need not name it. */
export function storeGenesis(datadir: string, file: GenesisFile): void {
  const copy = storedGenesisPath(datadir);
  if (!existsSync(copy)) writeDurably(copy, readFileSync(file.path));
}

/** The public network that a node joins unless told otherwise. */
const publicGenesisPath = (): string => join(packageRoot(), 'genesis', 'testnet.json');

/** The genesis to run with: the one named, else the data directory's, else the public network's. */
export function genesisFor(datadir: string, named: string | undefined): GenesisFile {
  if (named !== undefined) return readGenesisFile(named);
  const stored = storedGenesisPath(datadir);
  return readGenesisFile(existsSync(stored) ? stored : publicGenesisPath());
}

/** Refuses `--fakepow` where others' money could be at stake. */
export function checkFakePow(file: GenesisFile, fakePow: boolean): void {
  if (!fakePow) return;
  if (existsSync(publicGenesisPath()) && readGenesisFile(publicGenesisPath()).hash === file.hash) {
    throw new CliError(
      ExitCode.config,
      '--fakepow is refused on a public network',
      'make a genesis of your own for tests',
    );
  }
}
