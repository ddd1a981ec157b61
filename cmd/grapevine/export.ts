import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { selectCrypto } from '../../src/crypto/select.js';
import { CliError } from './lib/cli-error.js';
import { defaultDatadir } from './lib/datadir.js';
import { ExitCode } from './lib/exit-code.js';
import { genesisFor } from './lib/genesis.js';
import { openForCommand } from './lib/open-datadir.js';
import { integerIn } from './lib/option-values.js';
import { printNote } from './lib/print.js';

const blockNumber = integerIn(0, Number.MAX_SAFE_INTEGER);

interface ExportOptions {
  readonly datadir: string;
  readonly genesis?: string;
}

async function exportBlocks(path: string, from: number, to: number | undefined, options: ExportOptions): Promise<void> {
  await selectCrypto();
  const datadir = await openForCommand(options.datadir, genesisFor(options.datadir, options.genesis), false);
  try {
    const head = datadir.chain.head().header.number;
    const last = to ?? head;
    if (from > last || last > head) {
      throw new CliError(ExitCode.usage, `there are no blocks ${from} to ${last}: the head is ${head}`);
    }
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new CliError(ExitCode.usage, `${path} is no file, and would be replaced`, 'name a file');
    const partial = `${path}.partial`;
    const descriptor = openSync(partial, 'w');
    try {
      for (let number = from; number <= last; number++) {
        const block = datadir.chain.blockByNumber(number);
        if (block === undefined)
          throw new CliError(ExitCode.databaseCorrupt, `block ${number} is missing in the database`);
        // Unlike writeSync it goes on where the system took only a part.
        writeFileSync(descriptor, block.raw);
      }
      fsyncSync(descriptor);
    } catch (cause) {
      rmSync(partial, { force: true });
      if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw new CliError(ExitCode.diskFull, `no space left for ${path}`, 'free space, or write to another volume');
      }
      throw cause;
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
    printNote(`Exported blocks ${from} to ${last} to ${path}.`);
  } finally {
    await datadir.close();
  }
}

/** Adds `export`. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the canonical chain as RLP blocks back to back, as "import" reads them')
    .argument('<file>', 'where to write; an old file is replaced when the new one is whole')
    .argument('[from]', 'first block', blockNumber, 1)
    .argument('[to]', 'last block (default: the head)', blockNumber)
    .option('--datadir <dir>', 'data directory', defaultDatadir())
    .option('--genesis <file>', "genesis file (default: the data directory's)")
    .action((path: string, from: number, to: number | undefined, options: ExportOptions) =>
      exportBlocks(path, from, to, options),
    );
}
