import type { Command } from 'commander';
import { crypto, selectCrypto } from '../../src/crypto/select.js';
import { printJson, printLine } from './lib/print.js';
import { packageVersion } from './lib/version.js';

/** Adds `version`. */
export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('print the version and what it runs on')
    .option('--json', 'as JSON', false)
    .action(async (options: { json: boolean }) => {
      await selectCrypto();
      const facts = {
        version: packageVersion(),
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        crypto: crypto().name,
        protocols: ['eth/68', 'eth/67', 'eth/66', 'discv4', 'rlpx v5'],
      };
      if (options.json) printJson(facts);
      else {
        printLine(`grapevine ${facts.version}`);
        printLine(`Node.js ${facts.node} on ${facts.platform}, secp256k1 ${facts.crypto}`);
        printLine(`Protocols ${facts.protocols.join(', ')}`);
      }
    });
}
