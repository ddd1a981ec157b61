import { join } from 'node:path';
import { type Benchmark, median } from './benchmark.js';
import { blockFile } from './support/block-file.js';
import { withFolder } from './support/scratch.js';
import { GRAPEVINE, NODE_FLAGS } from './support/server.js';
import { type CommandRun, timedCommand } from './support/timed-command.js';

const SHAPE = { blocks: 100, transfersPerBlock: 1_400, senders: 2_000, recipients: 20_000 };
const TRANSFERS = SHAPE.blocks * SHAPE.transfersPerBlock;

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
      const runs: CommandRun[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const datadir = join(folder, `datadir-${round}`);
        runs.push(
          await timedCommand([...NODE_FLAGS, GRAPEVINE, 'import', path, '--datadir', datadir, '--genesis', genesis]),
        );
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
