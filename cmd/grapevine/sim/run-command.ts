import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { renderReport } from '../../../src/sim/report/page.js';
import { longestMsOf } from '../../../src/sim/run-scenario.js';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { integerIn } from '../lib/option-values.js';
import { printJson, printLine, printNote } from '../lib/print.js';
import type { MeasuredRun, RunSpec } from './messages.js';
import { createProgressLine, progressLine } from './progress.js';
import { replayCommand } from './replay.js';
import { addRunOptions, type RunOptions, requireScenario, runSpecOf } from './run-options.js';
import { defaultJobs, runAll, runInThread } from './run-scenario.js';
import { parseSeeds } from './seeds.js';
import { metricText, seedsTable, spreads } from './seeds-table.js';

interface RunCommandOptions extends RunOptions {
  readonly seeds?: readonly string[];
  readonly jobs: number;
  readonly report?: string;
}

function htmlPath(text: string): string {
  if (!/\.html?$/.test(text)) throw new InvalidArgumentError('Give a file that ends in .html.');
  return text;
}

/** Adds `sim run`. */
export function addSimRunCommand(sim: Command): void {
  addRunOptions(
    sim.command('run').description('run a scenario; exit code 9 if it misses its bar or breaks an invariant'),
  )
    .option('--seeds <list>', 'run each of these, like 1..20 or 3,7,9', parseSeeds)
    .option('--jobs <n>', 'threads for --seeds', integerIn(1, 256), defaultJobs())
    .option('--report <file.html>', 'write a page with pictures of the run', htmlPath)
    .action(async (name: string, options: RunCommandOptions) => {
      const spec = runSpecOf(name, options);
      if (options.seeds === undefined) return runOne(spec, options);
      if (options.report !== undefined) throw new CliError(ExitCode.usage, '--report shows one seed, not --seeds');
      return runSeeds(
        options.seeds.map((seed) => ({ ...spec, seed })),
        options,
      );
    });
}

function printRun({ result, ending, speed }: MeasuredRun): void {
  const verdict = !result.pass ? 'FAILED' : ending.kind === 'cut' ? 'cut short, no invariant broken' : 'passed';
  printLine(`${result.name}, seed ${result.seed}, ${result.nodes} nodes, ${result.fidelity}: ${verdict}`);
  for (const failure of result.failures) printLine(`  ${failure}`);
  for (const [name, value] of Object.entries(result.metrics)) printLine(`  ${name.padEnd(20)} ${metricText(value)}`);
  const virtualS = (result.virtualMs / 1000).toFixed(0);
  printLine(`  ${result.events} events in ${virtualS} virtual seconds, ${speed.wallS.toFixed(1)} s of real time`);
  printLine(
    `  ${speed.nodeSecondsPerS.toFixed(0)} node-seconds/s, ${speed.eventsPerS.toFixed(0)} events/s, ${speed.cpuS.toFixed(1)} s of CPU, at most ${speed.peakRssMiB.toFixed(0)} MiB`,
  );
  printLine(`  digest ${result.digest}`);
  if (ending.kind === 'cut') printLine('  the bar was not looked at');
}

/** Of several crashes the first: the others are mostly the same one. */
function printStack(runs: readonly MeasuredRun[]): void {
  for (const { ending, result } of runs) {
    if (ending.kind !== 'crash') continue;
    printNote(`the crash of seed ${result.seed}: ${ending.stack ?? ending.message}`);
    return;
  }
}

async function runOne(spec: RunSpec, options: RunCommandOptions): Promise<void> {
  const progress = createProgressLine(!options.json);
  const longestMs = longestMsOf(requireScenario(spec.name), spec);
  const startedAtMs = performance.now();
  const run = await runInThread({ spec, observe: options.report !== undefined }, (atMs) =>
    progress.show(`${spec.name}: ${progressLine(atMs, longestMs, (performance.now() - startedAtMs) / 1000)}`),
  );
  progress.clear();
  if (options.json) printJson({ ...run.result, settings: spec.settings, ending: run.ending, speed: run.speed });
  else {
    printRun(run);
    printStack([run]);
  }
  if (options.report !== undefined && run.observation !== undefined) {
    const { result, ending, observation } = run;
    const { summary } = requireScenario(spec.name);
    writeFileSync(options.report, renderReport({ summary, result, ending, observation, replay: replayCommand(spec) }));
    printNote(`report: ${options.report}`);
  }
  if (!run.result.pass) throw failed(spec, 'failed');
}

async function runSeeds(specs: readonly RunSpec[], options: RunCommandOptions): Promise<void> {
  const progress = createProgressLine(!options.json);
  const startedAtMs = performance.now();
  let done = 0;
  const runs = await runAll(specs, options.jobs, ({ result }) => {
    done++;
    const leftS = (((performance.now() - startedAtMs) / 1000) * (specs.length - done)) / done;
    progress.show(
      `${done} of ${specs.length} seeds, ${result.seed} ${result.pass ? 'passed' : 'FAILED'}, ${leftS.toFixed(0)} s left`,
    );
  });
  progress.clear();
  const bad = specs.filter((_spec, index) => runs[index]?.result.pass === false);
  if (options.json) {
    const { name, nodes, fidelity, settings } = runs.length > 0 && specs[0] !== undefined ? specs[0] : ({} as RunSpec);
    const each = runs.map(({ result, ending, speed }) => ({ ...result, ending, speed }));
    printJson({ name, nodes, fidelity, settings, pass: bad.length === 0, metrics: spreads(runs), runs: each });
  } else {
    printLine(seedsTable(runs));
    for (const { result } of runs) for (const failure of result.failures) printLine(`seed ${result.seed}: ${failure}`);
    printStack(runs);
  }
  const first = bad[0];
  if (first !== undefined) throw failed(first, `failed with ${bad.length} of ${specs.length} seeds`);
}

function failed(spec: RunSpec, what: string): CliError {
  const again = replayCommand(spec);
  const smaller = again.replace('sim run', 'sim shrink');
  return new CliError(
    ExitCode.notReady,
    `${spec.name} ${what}`,
    `see it again with "${again}", make it smaller with "${smaller}"`,
  );
}
