import type { Command } from 'commander';
import { selectCrypto } from '../../../src/crypto/select.js';
import { createRecoverWorkers } from '../../../src/platform/workers/recover-workers.js';
import { CliError } from '../lib/cli-error.js';
import { defaultDatadir } from '../lib/datadir.js';
import { ExitCode } from '../lib/exit-code.js';
import { checkFakePow, genesisFor } from '../lib/genesis.js';
import { openForCommand } from '../lib/open-datadir.js';
import { printLine, printNote } from '../lib/print.js';
import { readBlockFile } from './block-file.js';
import { type BlockReport, importBlocks } from './import-blocks.js';

interface ImportOptions {
  readonly datadir: string;
  readonly genesis?: string;
  readonly fakepow: boolean;
  readonly skipInvalid: boolean;
}

/** How often a progress line is written. */
const PROGRESS_MS = 8_000;

interface Totals {
  imported: number;
  known: number;
  invalid: number;
  transactions: number;
}

function progressLine(totals: Totals, startedAtMs: number, height: number | null): string {
  const seconds = (performance.now() - startedAtMs) / 1000;
  const rate = (count: number): string => Math.round(count / Math.max(seconds, 0.001)).toLocaleString('en-US');
  return `Imported ${totals.imported} blocks, ${totals.transactions} transactions, at block ${height ?? '?'} (${seconds.toFixed(1)} s, ${rate(totals.imported)} blocks/s, ${rate(totals.transactions)} tx/s)`;
}

const blocks = (count: number, one: string, many: string): string =>
  count === 1 ? `1 block ${one}` : `${count} blocks ${many}`;

function stopAt(report: BlockReport): CliError {
  const name = report.number === null ? 'a block that is no valid RLP' : `block ${report.number} (${report.hash})`;
  return new CliError(
    ExitCode.unexpected,
    `${name} is invalid: ${report.reason ?? 'unknown'}`,
    'everything before it is imported; --skip-invalid goes on with the next block',
  );
}

async function importFile(path: string, options: ImportOptions): Promise<void> {
  await selectCrypto();
  const file = genesisFor(options.datadir, options.genesis);
  checkFakePow(file, options.fakepow);
  const datadir = await openForCommand(options.datadir, file, options.fakepow);
  const recoverers = createRecoverWorkers({ threads: 1 });
  const totals: Totals = { imported: 0, known: 0, invalid: 0, transactions: 0 };
  const startedAtMs = performance.now();
  let progressAtMs = startedAtMs + PROGRESS_MS;
  try {
    for await (const report of importBlocks(datadir, recoverers, readBlockFile(path))) {
      totals[report.status]++;
      if (report.status === 'imported') totals.transactions += report.transactions;
      if (options.skipInvalid) {
        const { transactions: _, ...line } = report;
        printLine(JSON.stringify(line));
      } else if (report.status === 'invalid') throw stopAt(report);
      if (performance.now() >= progressAtMs) {
        progressAtMs += PROGRESS_MS;
        printNote(progressLine(totals, startedAtMs, report.number));
      }
    }
    const { hash, header } = datadir.chain.head();
    if (options.skipInvalid) printLine(JSON.stringify({ head: hash, stateRoot: header.stateRoot }));
    printNote(progressLine(totals, startedAtMs, header.number));
    if (totals.known > 0) printNote(`${blocks(totals.known, 'was', 'were')} known already.`);
    if (totals.invalid > 0) printNote(`${blocks(totals.invalid, 'was', 'were')} skipped: invalid.`);
  } finally {
    await recoverers.close();
    await datadir.close();
  }
}

/** Adds `import`. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('import a file of RLP blocks back to back, block 1 first; known blocks are skipped')
    .argument('<file>', 'file as "export" and other clients write it')
    .option('--datadir <dir>', 'data directory', defaultDatadir())
    .option('--genesis <file>', "genesis file (default: the data directory's)")
    .option('--fakepow', 'accept any seal; for tests', false)
    .option('--skip-invalid', 'go on after invalid blocks, and print a JSON line for each block', false)
    .action((path: string, options: ImportOptions) => importFile(path, options));
}
