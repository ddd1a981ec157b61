import type { Command } from 'commander';
import type { Address } from '../../src/base/brand.js';
import { fromHex, parseAddress, parseHex, toHex } from '../../src/base/hex.js';
import { selectCrypto } from '../../src/crypto/select.js';
import { CliError } from './lib/cli-error.js';
import { defaultDatadir } from './lib/datadir.js';
import { parseEther } from './lib/ether.js';
import { ExitCode } from './lib/exit-code.js';
import { openKey } from './lib/keystore-folder.js';
import { address, bigInteger } from './lib/option-values.js';
import { readPassword } from './lib/password.js';
import { printJson, printLine } from './lib/print.js';
import { sendTransfer, type TransferRequest, waitForReceipt } from './lib/send-transfer.js';
import { clientOf, type TargetOptions, withTarget } from './lib/target.js';

interface SendOptions extends TargetOptions {
  readonly value: string;
  readonly from?: Address;
  readonly privateKey?: string;
  readonly passwordFile?: string;
  readonly data?: string;
  readonly nonce?: bigint;
  readonly tip?: bigint;
  readonly feeCap?: bigint;
  readonly gas?: bigint;
  readonly wait: boolean;
  readonly json: boolean;
}

async function keyFor(options: SendOptions): Promise<string> {
  if (options.privateKey !== undefined) return options.privateKey;
  if (options.from === undefined) {
    throw new CliError(ExitCode.usage, 'no sender', 'name a keystore account with --from, or give --private-key');
  }
  const password = await readPassword(options.passwordFile, false);
  return toHex(openKey(options.datadir ?? defaultDatadir(), options.from, password));
}

function memo(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const hex = parseHex(text);
  return hex === undefined ? new TextEncoder().encode(text) : fromHex(hex);
}

async function send(to: string, options: SendOptions): Promise<void> {
  await selectCrypto();
  const recipient = parseAddress(to);
  const value = parseEther(options.value);
  if (recipient === undefined)
    throw new CliError(ExitCode.usage, `"${to}" is no address`, 'an address is 0x and 40 hex digits');
  if (value === undefined)
    throw new CliError(ExitCode.usage, `"${options.value}" is no amount`, 'give ether as a decimal number, like 1.5');
  const data = memo(options.data);
  const request: TransferRequest = {
    privateKey: await keyFor(options),
    to: recipient,
    value,
    ...(data === undefined ? {} : { data }),
    ...(options.nonce === undefined ? {} : { nonce: options.nonce }),
    ...(options.tip === undefined ? {} : { tip: options.tip }),
    ...(options.feeCap === undefined ? {} : { feeCap: options.feeCap }),
    ...(options.gas === undefined ? {} : { gasLimit: options.gas }),
  };
  const client = clientOf(options);
  const hash = await sendTransfer(client, request);
  const receipt = options.wait ? await waitForReceipt(client, hash) : undefined;
  if (options.json) printJson(receipt ?? { transactionHash: hash });
  else if (receipt === undefined) printLine(hash);
  else printLine(`${hash} mined in block ${Number(receipt.blockNumber)}, gas used ${Number(receipt.gasUsed)}`);
}

/** Adds `tx` and its subcommands. */
export function addTxCommand(program: Command): void {
  const tx = program.command('tx').description('transactions');
  withTarget(tx.command('send').description('sign a transfer, send it and wait until it is mined'))
    .argument('<to>', 'recipient')
    .requiredOption('--value <ether>', 'amount in ether')
    .option('--from <address>', 'account of the keystore in --datadir', address)
    .option('--private-key <hex>', 'private key of the sender (visible to others on this machine: for tests)')
    .option('--password-file <file>', "file whose first line is the account's password")
    .option('--data <hex|text>', 'a memo to store with the transfer')
    .option('--nonce <n>', 'nonce (default: the next one)', bigInteger)
    .option('--tip <wei>', 'priority fee a gas (default: what the node suggests)', bigInteger)
    .option('--fee-cap <wei>', 'fee cap a gas (default: twice the base fee and the tip)', bigInteger)
    .option('--gas <n>', 'gas limit (default: estimated)', bigInteger)
    .option('--no-wait', 'return as soon as the node has it')
    .option('--json', 'as JSON', false)
    .action((to: string, options: SendOptions) => send(to, options));
}
