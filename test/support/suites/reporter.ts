import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { textTable } from '../../../cmd/grapevine/lib/text-table.js';
import { VECTORS_ROOT } from '../vector-files.js';
import { readmeFile, readResults, resultsFile, rewriteReadme } from './readme.js';
import { type Tables, tablesOf } from './report.js';
import type { FileResult, Row } from './tally.js';

function resultOf(module: TestModule): FileResult {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const cases = new Map<string, Set<string>>();
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') counts[state]++;
    else counts.skipped++;
    if (state !== 'passed') continue;
    for (const [suite, names] of Object.entries(test.meta().cases ?? {}))
      cases.set(suite, new Set([...(cases.get(suite) ?? []), ...names]));
  }
  // A file that broke before it had tests.
  if (module.state() === 'failed' && counts.failed === 0) counts.failed++;
  return { ...counts, cases };
}

const figure = (value: number | undefined): string => (value === undefined ? '-' : value.toLocaleString('en-US'));

function textOf({ vectors, peers }: Tables): string {
  const plain = (row: Row, last: string[]): string[] => [
    row.suite.replaceAll('`', ''),
    row.source.replaceAll('`', ''),
    figure(row.cases),
    figure(row.passed),
    ...last,
    row.missing,
  ];
  const parts: string[] = [];
  if (vectors.length > 0)
    parts.push(
      textTable(
        ['suite', 'source', 'cases', 'passed', 'not applicable', ''],
        vectors.map((row) => plain(row, [figure(row.notApplicable)])),
      ),
    );
  if (peers.length > 0)
    parts.push(
      textTable(
        ['peer', 'version', 'cases', 'passed', ''],
        peers.map((row) => plain(row, [])),
      ),
    );
  return parts.join('\n\n');
}

/**
 * Prints a table of the public suites and foreign programs that a run covered, and fails the run where a case of a public
 * suite neither passed nor is listed as not applicable. Runs of tests by name are not judged: they are meant to be partial.
 * With $GRAPEVINE_README it also rewrites README's tables.
 */
export class SuiteReporter implements Reporter {
  private vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const { vitest } = this;
    if (vitest === undefined || vitest.config.testNamePattern !== undefined) return;
    const files = new Map(modules.map((module) => [relative(vitest.config.root, module.moduleId), resultOf(module)]));
    const tables = tablesOf(files);
    if (tables.vectors.length + tables.peers.length === 0) return;
    vitest.logger.log(`\n${textOf(tables)}\n`);
    if (tables.vectors.some(({ cases }) => cases === undefined))
      vitest.logger.log(`There are no test data at ${VECTORS_ROOT}: set GRAPEVINE_VECTORS to run the public suites.\n`);
    const short = tables.vectors.filter(({ cases, missing }) => cases !== undefined && missing !== '');
    if (short.length > 0) {
      vitest.logger.error(`Not every case is accounted for: ${short.map(({ suite }) => suite).join(', ')}.`);
      process.exitCode = 1;
    }
    const results = { ...readResults(), ...Object.fromEntries(tables.peers.map((row) => [row.suite, row])) };
    mkdirSync(new URL('.', resultsFile), { recursive: true });
    writeFileSync(resultsFile, JSON.stringify(results, undefined, 1));
    if (process.env.GRAPEVINE_README !== undefined) {
      const problem = rewriteReadme(results);
      vitest.logger.log(problem ?? `Wrote the tables of ${readmeFile.pathname}.`);
      if (problem !== undefined) process.exitCode = 1;
    }
  }
}
