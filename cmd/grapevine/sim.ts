import type { Command } from 'commander';
import { selectCrypto } from '../../src/crypto/select.js';
import type { Scenario, ScenarioResult } from '../../src/sim/scenario.js';
import { SCENARIOS } from '../../src/sim/scenarios/all.js';
import type { Fidelity } from '../../src/sim/world.js';
import { CliError } from './lib/cli-error.js';
import { ExitCode } from './lib/exit-code.js';
import { integerIn } from './lib/option-values.js';
import { printJson, printLine } from './lib/print.js';
import { textTable } from './lib/text-table.js';

interface RunOptions {
  readonly seed: string;
  readonly nodes?: number;
  readonly exact: boolean;
  readonly scale: boolean;
  readonly json: boolean;
}

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined)
    throw new CliError(ExitCode.usage, `there is no scenario "${name}"`, 'see "grapevine sim list"');
  return scenario;
}

function fidelityOf(options: RunOptions, scenario: Scenario): Fidelity {
  if (options.exact && options.scale) throw new CliError(ExitCode.usage, '--exact and --scale exclude each other');
  return options.exact ? 'exact' : options.scale ? 'scale' : scenario.defaults.fidelity;
}

function printResult(result: ScenarioResult, seconds: number): void {
  printLine(
    `${result.name}, seed ${result.seed}, ${result.nodes} nodes, ${result.fidelity}: ${result.pass ? 'passed' : 'FAILED'}`,
  );
  for (const failure of result.failures) printLine(`  ${failure}`);
  for (const [name, value] of Object.entries(result.metrics)) printLine(`  ${name.padEnd(20)}${value}`);
  printLine(
    `  ${result.events} events in ${(result.virtualMs / 1000).toFixed(0)} virtual seconds, ${seconds.toFixed(1)} s of real time`,
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
      await selectCrypto();
      const scenario = scenarioNamed(name);
      const startedAtMs = performance.now();
      const result = scenario.run({
        seed: options.seed,
        nodes: options.nodes ?? scenario.defaults.nodes,
        fidelity: fidelityOf(options, scenario),
      });
      if (options.json) printJson(result);
      else printResult(result, (performance.now() - startedAtMs) / 1000);
      if (!result.pass)
        throw new CliError(ExitCode.notReady, `${name} missed its bar`, `replay it with --seed ${options.seed}`);
    });
}
