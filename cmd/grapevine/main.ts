#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addAccountCommand } from './account.js';
import { addDevnetCommand } from './devnet/command.js';
import { addDoctorCommand } from './doctor.js';
import { addExportCommand } from './export.js';
import { addImportCommand } from './import/command.js';
import { addInitCommand } from './init.js';
import { CliError } from './lib/cli-error.js';
import { ExitCode } from './lib/exit-code.js';
import { printNote } from './lib/print.js';
import { packageVersion } from './lib/version.js';
import { addNodeCommand } from './node/command.js';
import { addPeersCommand } from './peers.js';
import { addSimCommand } from './sim.js';
import { addStatusCommand } from './status.js';
import { addTxCommand } from './tx.js';
import { addVersionCommand } from './version.js';

function createProgram(): Command {
  const program = new Command('grapevine')
    .description("a proof-of-work ledger node on Ethereum's real wire")
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(--help shows every option)')
    .showSuggestionAfterError()
    .exitOverride();
  const add = [
    addNodeCommand,
    addInitCommand,
    addImportCommand,
    addExportCommand,
    addDevnetCommand,
    addAccountCommand,
    addTxCommand,
    addPeersCommand,
    addStatusCommand,
    addSimCommand,
    addDoctorCommand,
    addVersionCommand,
  ];
  for (const addCommand of add) addCommand(program);
  return program;
}

function reportFailure(cause: unknown): ExitCode {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (cause instanceof CliError) {
    printNote(`Error: ${cause.message}${cause.fix === undefined ? '' : `\nFix: ${cause.fix}`}`);
    return cause.exitCode;
  }
  printNote(
    `Unexpected error, please report it: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
  );
  return ExitCode.unexpected;
}

try {
  await createProgram().parseAsync();
} catch (cause) {
  process.exitCode = reportFailure(cause);
}
// Whatever a command left open must not keep the process alive; what it printed is written first.
process.stdout.write('', () => process.exit());
