import type { Command } from 'commander';
import { addSimListCommand } from './list-command.js';
import { addSimRunCommand } from './run-command.js';
import { addSimShrinkCommand } from './shrink-command.js';

/** Adds `sim` and its subcommands. */
export function addSimCommand(program: Command): void {
  const sim = program.command('sim').description('many real nodes in one process, in virtual time, from one seed');
  addSimListCommand(sim);
  addSimRunCommand(sim);
  addSimShrinkCommand(sim);
}
