import type { Command } from 'commander';
import { checkEveryMs } from '../../../src/sim/run-scenario.js';
import { LEAST_NODES, leastNodesOf } from '../../../src/sim/scenario.js';
import { failureOf, type Shrunk, shrinkSteps } from '../../../src/sim/shrink.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { integerIn } from '../lib/option-values.js';
import { printJson, printLine, printNote } from '../lib/print.js';
import type { MeasuredRun, RunSpec } from './messages.js';
import { replayCommand } from './replay.js';
import { addRunOptions, type RunOptions, requireScenario, runSpecOf } from './run-options.js';
import { runInThread } from './run-scenario.js';

interface ShrinkOptions extends RunOptions {
  readonly leastNodes: number;
  readonly precision: number;
}

/** Adds `sim shrink`. */
export function addSimShrinkCommand(sim: Command): void {
  addRunOptions(sim.command('shrink').description('find a smaller run that fails alike: fewer nodes, a shorter prefix'))
    .option('--least-nodes <n>', 'try no fewer nodes', integerIn(LEAST_NODES, 100_000), LEAST_NODES)
    .option('--precision <ms>', 'how exactly to find the time', integerIn(1, 60_000), 1)
    .action(async (name: string, options: ShrinkOptions) => {
      const spec = runSpecOf(name, options);
      const { shrunk, run, runs } = await shrink(spec, options);
      const small = { ...spec, nodes: shrunk.nodes, untilMs: shrunk.untilMs };
      const command = replayCommand(small);
      if (options.json) {
        printJson({ ...small, runs, failures: run.result.failures, events: run.result.events, command });
        return;
      }
      for (const failure of run.result.failures) printLine(failure);
      if (!shrunk.failure.inPrefix) printLine('it missed its bar in the end, so no prefix shows it');
      printLine(`${shrunk.nodes} of ${spec.nodes} nodes, ${seconds(shrunk.failure.atMs)}, found in ${runs} runs:`);
      printLine(command);
    });
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

interface ShrinkOutcome {
  readonly shrunk: Shrunk;
  /** The smallest run. */
  readonly run: MeasuredRun;
  readonly runs: number;
}

async function shrink(spec: RunSpec, { leastNodes: least, precision }: ShrinkOptions): Promise<ShrinkOutcome> {
  const leastNodes = Math.max(least, leastNodesOf(requireScenario(spec.name)));
  const first = { nodes: spec.nodes, untilMs: spec.untilMs };
  const steps = shrinkSteps({ first, leastNodes, precisionMs: precision, everyMs: checkEveryMs });
  let runs = 0;
  let smallest: MeasuredRun | undefined;
  let key: string | undefined;
  let step = steps.next();
  while (step.done !== true) {
    const { nodes, untilMs } = step.value;
    const run = await runInThread({ spec: { ...spec, nodes, untilMs }, observe: false });
    runs++;
    const failure = failureOf(run);
    key ??= failure?.key;
    if (failure !== undefined && failure.key === key) smallest = run;
    const how = failure === undefined ? 'passes' : failure.key === key ? 'fails alike' : 'fails otherwise';
    const prefix = untilMs === undefined ? '' : `, ${seconds(untilMs)}`;
    printNote(
      `run ${runs}: ${nodes} nodes${prefix}: ${how}${failure === undefined ? '' : ` after ${seconds(failure.atMs)}`}`,
    );
    step = steps.next(failure);
  }
  if (step.value === undefined || smallest === undefined) {
    throw new CliError(
      ExitCode.usage,
      'this run passes, there is nothing to shrink',
      'give the seed of a run that fails',
    );
  }
  return { shrunk: step.value, run: smallest, runs };
}
