import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MeasuredRun } from '../../cmd/grapevine/sim/messages.js';
import { runSpecOf } from '../../cmd/grapevine/sim/run-options.js';
import { defaultJobs, runAll } from '../../cmd/grapevine/sim/run-scenario.js';
import { parseSeeds } from '../../cmd/grapevine/sim/seeds.js';
import { SCENARIOS } from '../../src/sim/scenarios/all.js';
import { figuresSection, withFigures } from './support/scenario-doc.js';

const USAGE = `usage: npm run scenario-figures -- [--seeds 1..20] [--jobs n] [--nodes n] [names]

Runs the scenarios (all, unless some are named) with each seed and writes what they came to into docs/simulator.md.
`;
// This file runs from dist/test/bench.
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOC = `${ROOT}docs/simulator.md`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1..20' },
    jobs: { type: 'string', default: String(defaultJobs()) },
    nodes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** The document is written after each scenario, so that a run which is stopped has not been for nothing. */
async function run(): Promise<void> {
  const names = positionals.length > 0 ? positionals : SCENARIOS.map(({ name }) => name);
  const jobs = Number(values.jobs);
  const nodes = values.nodes === undefined ? {} : { nodes: Number(values.nodes) };
  const chosen = { ...nodes, exact: false, scale: false, set: [], json: true };
  for (const name of names) {
    const specs = parseSeeds(values.seeds).map((seed) => runSpecOf(name, { ...chosen, seed }));
    const runs = await runAll(specs, jobs, say);
    const doc = withFigures(
      readFileSync(DOC, 'utf8'),
      figuresSection(runs, jobs),
      SCENARIOS.map((scenario) => scenario.name),
    );
    writeFileSync(DOC, doc);
    execFileSync(`${ROOT}node_modules/.bin/biome`, ['format', '--write', DOC], { cwd: ROOT, stdio: 'ignore' });
  }
}

function say({ result, speed }: MeasuredRun): void {
  const verdict = result.pass ? 'passed' : `FAILED: ${result.failures.join('; ')}`;
  process.stdout.write(`${result.name}, seed ${result.seed}: ${verdict}, ${speed.wallS.toFixed(0)} s\n`);
}

if (values.help) process.stdout.write(USAGE);
else await run();
