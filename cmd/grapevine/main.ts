#!/usr/bin/env node
import { Command, CommanderError, Help, type Option } from 'commander';
import { CliError } from './lib/cli-error.js';
import { ExitCode } from './lib/exit-code.js';
import { printNote } from './lib/print.js';
import { packageVersion } from './lib/version.js';

type AddCommand = (program: Command) => void;

/** The commands in the order of the help. Only the one that is asked for is loaded: starting fast is mostly loading little. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  node: async () => (await import('./node/command.js')).addNodeCommand,
  init: async () => (await import('./init.js')).addInitCommand,
  import: async () => (await import('./import/command.js')).addImportCommand,
  export: async () => (await import('./export.js')).addExportCommand,
  devnet: async () => (await import('./devnet/command.js')).addDevnetCommand,
  account: async () => (await import('./account.js')).addAccountCommand,
  tx: async () => (await import('./tx.js')).addTxCommand,
  peers: async () => (await import('./peers.js')).addPeersCommand,
  status: async () => (await import('./status.js')).addStatusCommand,
  sim: async () => (await import('./sim/command.js')).addSimCommand,
  doctor: async () => (await import('./doctor.js')).addDoctorCommand,
  version: async () => (await import('./version.js')).addVersionCommand,
};

/** A switch that is off unless it is named needs no remark that it is off. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ ?\(default: false\)/, '');
}

async function createProgram(firstArgument: string | undefined): Promise<Command> {
  const program = new Command('grapevine')
    .description("a proof-of-work ledger node on Ethereum's real wire")
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(--help shows every option)')
    .showSuggestionAfterError()
    .configureHelp({ optionDescription })
    .exitOverride();
  const named = Object.entries(COMMANDS).filter(([name]) => name === firstArgument);
  // Help, and a name that nobody knows, need the whole list.
  for (const [, load] of named.length > 0 ? named : Object.entries(COMMANDS)) (await load())(program);
  return program;
}

/** What the operating system refused, in its own words, which name the path; undefined for anything else. */
function systemError(cause: unknown): CliError | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || !('syscall' in cause)) return undefined;
  switch (cause.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CliError(ExitCode.diskFull, cause.message, 'free space, or choose another place');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return new CliError(ExitCode.config, cause.message, 'check the path, its owner and its mode');
    default:
      return undefined;
  }
}

function reportFailure(cause: unknown): ExitCode {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const known = cause instanceof CliError ? cause : systemError(cause);
  if (known !== undefined) {
    printNote(`Error: ${known.message}${known.fix === undefined ? '' : `\nFix: ${known.fix}`}`);
    return known.exitCode;
  }
  printNote(
    `Unexpected error, please report it: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
  );
  return ExitCode.unexpected;
}

/** Whoever reads the output may go (`| head`): a command has nothing left to do then. A node goes on without, whatever the reason. */
function onOutputError(cause: NodeJS.ErrnoException): void {
  if (process.argv[2] === 'node') return;
  process.exit(cause.code === 'EPIPE' ? undefined : reportFailure(cause));
}

process.stdout.on('error', onOutputError);
process.stderr.on('error', onOutputError);

try {
  await (await createProgram(process.argv[2])).parseAsync();
} catch (cause) {
  process.exitCode = reportFailure(cause);
}
// Whatever a command left open must not keep the process alive; what it printed is written first.
process.stdout.write('', (cause) => {
  if (cause != null) onOutputError(cause);
  process.exit();
});
