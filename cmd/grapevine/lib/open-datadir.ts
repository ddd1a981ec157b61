import {
  type DatadirError,
  LEAST_FREE_BYTES,
  type OpenDatadir,
  openDatadir,
} from '../../../src/platform/datadir/open.js';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';
import { type GenesisFile, storeGenesis } from './genesis.js';

function toCliError(datadir: string, error: DatadirError): CliError {
  switch (error.kind) {
    case 'locked':
      return new CliError(ExitCode.datadirLocked, error.message, 'stop that process, or choose another --datadir');
    case 'genesis-mismatch':
      return new CliError(
        ExitCode.config,
        `the genesis differs from the one that ${datadir} was made with: ${error.message}`,
        'use the same genesis file, or choose another --datadir',
      );
    case 'schema-unknown':
      return new CliError(
        ExitCode.config,
        error.message,
        'use the version of grapevine that made it, or choose another --datadir',
      );
    case 'corrupt':
      return new CliError(
        ExitCode.databaseCorrupt,
        `the database is damaged beyond repair: ${error.message}`,
        `keep ${datadir}/nodekey and keystore/, delete ${datadir}/chain, and sync again`,
      );
    case 'disk-full':
      return new CliError(ExitCode.diskFull, error.message, 'free space: the node needs 512 MiB to spare');
    case 'not-writable':
      return new CliError(ExitCode.config, error.message, 'check its owner and mode, or choose another --datadir');
  }
}

/** How much space must be free; tests lower it through the environment. */
export function leastFreeBytes(): number {
  const text = process.env.GRAPEVINE_LEAST_FREE_BYTES;
  return text === undefined || !/^\d+$/.test(text) ? LEAST_FREE_BYTES : Number(text);
}

/** Opens a data directory for a command; every failure has its exit code and says what to do. */
export async function openForCommand(datadir: string, file: GenesisFile, fakePow: boolean): Promise<OpenDatadir> {
  const opened = await openDatadir(datadir, { genesis: file.genesis, fakePow, leastFreeBytes: leastFreeBytes() });
  if (!opened.ok) throw toCliError(datadir, opened.error);
  storeGenesis(datadir, file);
  return opened.value;
}
