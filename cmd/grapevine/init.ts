import type { Command } from 'commander';
import { toHex } from '../../src/base/hex.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { writeChain } from './lib/chain-writes.js';
import { defaultDatadir } from './lib/datadir.js';
import { readGenesisFile } from './lib/genesis.js';
import { openForCommand } from './lib/open-datadir.js';
import { printLine } from './lib/print.js';

/** Adds `init`. */
export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description('write a genesis block into a data directory; refuses one that holds another chain')
    .argument('<genesis>', "genesis file in geth's format")
    .option('--datadir <dir>', 'data directory', defaultDatadir())
    .action(async (path: string, options: { datadir: string }) => {
      await selectCrypto();
      const file = readGenesisFile(path);
      const datadir = await openForCommand(options.datadir, file, false);
      await writeChain(datadir, true);
      const { hash, next } = datadir.chain.forkId();
      printLine(`Genesis   ${file.hash}`);
      printLine(`Chain id  ${file.genesis.spec.chainId}`);
      printLine(`Fork id   ${toHex(hash)}, next ${next}`);
      printLine(
        `Datadir   ${options.datadir} (${datadir.chain.opening.kind === 'created' ? 'new' : `at block ${datadir.chain.head().header.number}`})`,
      );
      await datadir.close();
    });
}
