import type { Command } from 'commander';
import type { Scenario } from '../../../src/sim/scenario.js';
import { SCENARIOS, scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { Fidelity } from '../../../src/sim/world.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { integerIn } from '../lib/option-values.js';
import { printJson, printLine } from '../lib/print.js';
import { textTable } from '../lib/text-table.js';
import { type MeasuredRun, runScenario } from './run-scenario.js';

interface RunOptions {
  readonly seed: string;
  readonly nodes?: number;
  readonly exact: boolean;
  readonly scale: boolean;
  readonly json: boolean;
}

function scenarioOf(name: string): Scenario {
  const scenario = scenarioNamed(name);
  if (scenario === undefined)
    throw new CliError(ExitCode.usage, `there is no scenario "${name}"`, 'see "grapevine sim list"');
  return scenario;
}

function fidelityOf(options: RunOptions, scenario: Scenario): Fidelity {
  if (options.exact && options.scale) throw new CliError(ExitCode.usage, '--exact and --scale exclude each other');
  return options.exact ? 'exact' : options.scale ? 'scale' : scenario.defaults.fidelity;
}

function printResult({ result, speed }: MeasuredRun): void {
  printLine(
    `${result.name}, seed ${result.seed}, ${result.nodes} nodes, ${result.fidelity}: ${result.pass ? 'passed' : 'FAILED'}`,
  );
  for (const failure of result.failures) printLine(`  ${failure}`);
  for (const [name, value] of Object.entries(result.metrics)) printLine(`  ${name.padEnd(20)}${value}`);
  printLine(
    `  ${result.events} events in ${(result.virtualMs / 1000).toFixed(0)} virtual seconds, ${speed.wallS.toFixed(1)} s of real time`,
  );
  printLine(
    `  ${speed.nodeSecondsPerS.toFixed(0)} node-seconds/s, ${speed.eventsPerS.toFixed(0)} events/s, ${speed.cpuS.toFixed(1)} s of CPU, at most ${speed.peakRssMiB.toFixed(0)} MiB`,
  );
  printLine(`  digest ${result.digest}`);
}

/** Adds `sim` and its subcommands. */
export function addSimCommand(program: Command): void {
  const sim = program.command('sim').description('many real nodes in one process, in virtual time, from one seed');

  sim
    .command('list')
    .description('the scenarios')
    .action(() => {
      const rows = SCENARIOS.map(({ name, defaults, summary }) => [
        name,
        String(defaults.nodes),
        defaults.fidelity,
        summary,
      ]);
      printLine(textTable(['NAME', 'NODES', 'FIDELITY', 'WHAT'], rows));
    });

  sim
    .command('run')
    .description('run a scenario; exit code 9 if it misses its bar')
    .argument('<name>', 'which scenario')
    .option('--seed <text>', 'the same seed tells the same story', '1')
    .option('--nodes <n>', 'number of nodes', integerIn(2, 100_000))
    .option('--exact', 'real keys, RLPx and seals', false)
    .option('--scale', 'fake identities and plain framing, for many nodes', false)
    .option('--json', 'as JSON', false)
    .action(async (name: string, options: RunOptions) => {
      const scenario = scenarioOf(name);
      const measured = await runScenario(name, {
        seed: options.seed,
        nodes: options.nodes ?? scenario.defaults.nodes,
        fidelity: fidelityOf(options, scenario),
      });
      if (options.json) printJson({ ...measured.result, speed: measured.speed });
      else printResult(measured);
      if (!measured.result.pass)
        throw new CliError(ExitCode.notReady, `${name} missed its bar`, `replay it with --seed ${options.seed}`);
    });
}
