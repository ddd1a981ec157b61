import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { selectCrypto } from '../../src/crypto/select.js';
import type { Benchmark, Figure } from './benchmark.js';
import { bystanderBenchmark } from './bystander.js';
import { gossipBenchmark } from './gossip.js';
import { importBenchmark } from './import.js';
import { microBenchmark } from './micro.js';
import { readsBenchmark } from './reads.js';
import { figureTable, ofBar, ofRival } from './report.js';
import { sealBenchmark } from './seal.js';
import { startupBenchmark } from './startup.js';
import { submitBatchBenchmark, submitBenchmark } from './submit.js';
import { syncBenchmark, syncFullBenchmark, syncWrongBenchmark } from './sync.js';

const BENCHMARKS: readonly Benchmark[] = [
  submitBenchmark,
  submitBatchBenchmark,
  readsBenchmark,
  importBenchmark,
  syncBenchmark,
  syncFullBenchmark,
  syncWrongBenchmark,
  startupBenchmark,
  gossipBenchmark,
  bystanderBenchmark,
  sealBenchmark,
  microBenchmark,
];

const USAGE = `usage: npm run bench -- [--rounds n] [--json] [names]\n\n${BENCHMARKS.map(
  ({ name, summary }) => `  ${name.padEnd(14)}${summary}`,
).join('\n')}\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const unknown = positionals.filter((name) => !BENCHMARKS.some((one) => one.name === name));

/** Tables on standard output; with --json one object there, and the rest on standard error. */
async function run(): Promise<void> {
  const say = (text: string): void => {
    (values.json ? process.stderr : process.stdout).write(`${text}\n`);
  };
  const { name: backend } = await selectCrypto();
  const machine = { cpu: cpus()[0]?.model ?? '?', cores: cpus().length, node: process.versions.node, crypto: backend };
  say(`${machine.cores} x ${machine.cpu}, Node.js ${machine.node}, secp256k1 ${machine.crypto}`);
  say('Absolute numbers belong to this machine and its load; compare ratios, and the CPU columns.');
  const results: Record<string, readonly Figure[]> = {};
  for (const benchmark of BENCHMARKS) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    say(`\n${benchmark.name}: ${benchmark.summary}`);
    const figures = await benchmark.run({ rounds, note: (text) => say(`  ${text}`) });
    say(figureTable(figures));
    results[benchmark.name] = figures.map((figure) => ({
      ...figure,
      ofBar: ofBar(figure),
      ofRival: ofRival(figure),
    }));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, rounds, results }, null, 2)}\n`);
}

if (values.help || unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(unknown.length > 0 ? `there is no benchmark "${unknown.join('", "')}"\n\n${USAGE}` : USAGE);
  process.exitCode = values.help ? 0 : 2;
} else await run();
