import type { OpenDatadir } from '../../../src/platform/datadir/open.js';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/**
 * Writes what the chain has changed, if anything; a failed write ends the command. With `sync` all of it is on the disk
 * then, and so is what opening made good of damage.
 */
export async function writeChain({ chain, chainDb }: OpenDatadir, sync: boolean): Promise<void> {
  const batch = chain.takeBatch();
  const failure = batch === undefined ? undefined : await chainDb.write(batch, { sync });
  if (failure !== undefined) {
    throw failure.reason === 'disk-full'
      ? new CliError(
          ExitCode.diskFull,
          `the disk is full: ${failure.message}`,
          'free space and run the command again: it goes on where it was',
        )
      : new CliError(ExitCode.unexpected, `the database can't be written: ${failure.message}`);
  }
  if (batch !== undefined) chain.markWritten();
  if (sync) chainDb.forgetDamage();
}
