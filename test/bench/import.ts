import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Benchmark, median } from './benchmark.js';
import { blockFile } from './support/block-file.js';
import { cpuSeconds } from './support/process-stats.js';
import { withFolder } from './support/scratch.js';
import { GRAPEVINE, NODE_FLAGS } from './support/server.js';

const SHAPE = { blocks: 100, transfersPerBlock: 1_400, senders: 2_000, recipients: 20_000 };
const TRANSFERS = SHAPE.blocks * SHAPE.transfersPerBlock;
const SAMPLE_MS = 20;

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Runs a command to its end; the CPU time is that of the last sample before it. */
function timed(args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let cpu = Number.NaN;
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000);
    });
    const sampling = setInterval(() => {
      const now = cpuSeconds(child.pid ?? 0);
      if (now > 0) cpu = now;
    }, SAMPLE_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(sampling);
      if (code === 0) resolve({ seconds: (performance.now() - startedAtMs) / 1000, cpuSeconds: cpu });
      else reject(new Error(`the import ended with ${code}: ${complaint}`));
    });
  });
}

/** A file of full blocks into a new data directory, process start and final sync to the disk included. */
export const importBenchmark: Benchmark = {
  name: 'import',
  summary: '`grapevine import` of 100 full blocks',
  run: (options) =>
    withFolder(async (folder) => {
      options.note(
        `${SHAPE.blocks} sealed blocks of ${SHAPE.transfersPerBlock} transfers between ${SHAPE.senders + SHAPE.recipients} accounts (made once, then kept); every check on; ${options.rounds} rounds`,
      );
      const { path, genesis } = blockFile(SHAPE);
      const runs: Run[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const datadir = join(folder, `datadir-${round}`);
        runs.push(await timed([...NODE_FLAGS, GRAPEVINE, 'import', path, '--datadir', datadir, '--genesis', genesis]));
      }
      return [
        {
          name: 'import',
          value: TRANSFERS / median(runs.map((run) => run.seconds)),
          unit: 'tx/s',
          bar: { value: 8_000 },
          cpuMicros: (median(runs.map((run) => run.cpuSeconds)) * 1e6) / TRANSFERS,
        },
      ];
    }),
};
