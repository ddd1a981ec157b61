import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isMnemonic, privateKeyFromMnemonic } from '../../src/crypto/mnemonic.js';
import { randomPrivateKey } from '../../src/crypto/private-key.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { parsePrivateKey } from '../../src/platform/datadir/node-key.js';
import { systemRandom } from '../../src/platform/random.js';
import { CliError } from './lib/cli-error.js';
import { defaultDatadir } from './lib/datadir.js';
import { ExitCode } from './lib/exit-code.js';
import { storedKeys, storeKey } from './lib/keystore-folder.js';
import { integerIn } from './lib/option-values.js';
import { readPassword } from './lib/password.js';
import { printJson, printLine } from './lib/print.js';

interface KeyOptions {
  readonly datadir: string;
  readonly passwordFile?: string;
  readonly lightkdf: boolean;
}

const withDatadir = (command: Command): Command =>
  command.option('--datadir <dir>', 'data directory', defaultDatadir());

const withPassword = (command: Command): Command =>
  withDatadir(command)
    .option('--password-file <file>', 'file whose first line is the password')
    .option('--lightkdf', 'cheap key derivation, for keys that guard nothing', false);

async function store(privateKey: Uint8Array, options: KeyOptions): Promise<void> {
  const password = await readPassword(options.passwordFile, true);
  const { address, file } = storeKey(options.datadir, privateKey, password, options.lightkdf);
  printLine(`Address   ${address}`);
  printLine(`Key file  ${file}`);
  printLine('Keep the file and the password: without both the funds are lost.');
}

/** A private key in hex or a mnemonic phrase, as `account import` reads it. */
function keyFromText(text: string, index: number, file: string): Uint8Array {
  const phrase = text.trim().split(/\s+/).join(' ');
  if (phrase.includes(' ')) {
    if (!isMnemonic(phrase))
      throw new CliError(ExitCode.usage, `${file} holds no valid BIP-39 phrase`, 'check the words and their order');
    return privateKeyFromMnemonic(phrase, index);
  }
  const key = parsePrivateKey(phrase);
  if (!key.ok) throw new CliError(ExitCode.usage, `${file}: ${key.error}`);
  return key.value;
}

/** Adds `account` and its subcommands. */
export function addAccountCommand(program: Command): void {
  const account = program
    .command('account')
    .description('keys of accounts, in encrypted files that geth and wallets read too');

  withPassword(account.command('new').description('make a key')).action(async (options: KeyOptions) => {
    await selectCrypto();
    await store(randomPrivateKey(systemRandom), options);
  });

  withDatadir(account.command('list').description('the keys of a data directory'))
    .option('--json', 'as JSON', false)
    .action((options: { datadir: string; json: boolean }) => {
      const keys = storedKeys(options.datadir);
      if (options.json) printJson(keys);
      else if (keys.length === 0) printLine('No keys. Make one with "grapevine account new".');
      else for (const [i, { address, file }] of keys.entries()) printLine(`(${i}) ${address}  ${file}`);
    });

  withPassword(
    account.command('import').description('encrypt a private key (64 hex digits) or the key of a mnemonic phrase'),
  )
    .argument('<file>', 'file that holds the key or the phrase; - for standard input')
    .option('--index <i>', "which account of the phrase: m/44'/60'/0'/0/i", integerIn(0, 2 ** 31 - 1), 0)
    .action(async (file: string, options: KeyOptions & { index: number }) => {
      await selectCrypto();
      let text: string;
      try {
        text = readFileSync(file === '-' ? 0 : file, 'utf8');
      } catch (cause) {
        throw new CliError(ExitCode.usage, `can't read ${file}: ${(cause as Error).message}`);
      }
      await store(keyFromText(text, options.index, file), options);
    });
}
