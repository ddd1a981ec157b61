import { type Command, InvalidArgumentError } from 'commander';
import { parseSettings } from '../../../src/sim/parameters.js';
import { LEAST_NODES, leastNodesOf, type Scenario } from '../../../src/sim/scenario.js';
import { scenarioNamed } from '../../../src/sim/scenarios/all.js';
import type { Fidelity } from '../../../src/sim/world.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { integerIn } from '../lib/option-values.js';
import type { RunSpec } from './messages.js';

/** What is asked of every command that runs scenarios. */
export interface RunOptions {
  readonly seed: string;
  readonly nodes?: number;
  readonly exact: boolean;
  readonly scale: boolean;
  readonly set: readonly string[];
  readonly until?: number;
  readonly json: boolean;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** Milliseconds, or seconds where the number ends in `s`; a part of a millisecond counts as a whole one. */
export function virtualTime(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Give milliseconds like 2500, or seconds like 2.5s.');
  const ms = Number(number) * (unit === 's' ? 1000 : 1);
  // 16.1 * 1000 is a little more than 16100.
  return Math.ceil(Number(ms.toFixed(6)));
}

/** Adds the options that choose a run. */
export function addRunOptions(command: Command): Command {
  return command
    .argument('<name>', 'which scenario')
    .option('--seed <text>', 'the same seed tells the same story', '1')
    .option('--nodes <n>', 'number of nodes', integerIn(LEAST_NODES, 100_000))
    .option('--exact', 'real keys, RLPx and seals', false)
    .option('--scale', 'fake identities and plain framing, for many nodes', false)
    .option('--set <key=value>', 'a parameter of the scenario, see "sim list"; may be given again', collect, [])
    .option('--until <ms>', 'run the beginning only, up to this virtual time', virtualTime)
    .option('--json', 'as JSON', false);
}

function fidelityOf(options: RunOptions, scenario: Scenario): Fidelity {
  if (options.exact && options.scale) throw new CliError(ExitCode.usage, '--exact and --scale exclude each other');
  return options.exact ? 'exact' : options.scale ? 'scale' : scenario.defaults.fidelity;
}

/** The scenario of that name, or an error that says where the names are. */
export function requireScenario(name: string): Scenario {
  const scenario = scenarioNamed(name);
  if (scenario === undefined)
    throw new CliError(ExitCode.usage, `there is no scenario "${name}"`, 'see "grapevine sim list"');
  return scenario;
}

/** The run that the options choose. */
export function runSpecOf(name: string, options: RunOptions): RunSpec {
  const scenario = requireScenario(name);
  const settings = parseSettings(scenario.parameters ?? {}, options.set);
  if (!settings.ok) throw new CliError(ExitCode.usage, `${name}: ${settings.error}`, 'see "grapevine sim list"');
  const { nodes = scenario.defaults.nodes } = options;
  const leastNodes = leastNodesOf(scenario);
  if (nodes < leastNodes) {
    throw new CliError(
      ExitCode.usage,
      `${name} needs ${leastNodes} nodes at least`,
      `give --nodes ${leastNodes} or more`,
    );
  }
  const conflict = scenario.conflict?.(settings.value);
  if (conflict !== undefined) throw new CliError(ExitCode.usage, `${name}: ${conflict}`, 'see "grapevine sim list"');
  return {
    name,
    seed: options.seed,
    nodes,
    fidelity: fidelityOf(options, scenario),
    settings: settings.value,
    untilMs: options.until,
  };
}
