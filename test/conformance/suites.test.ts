import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sectionOf } from '../support/markdown-section.js';
import { SLOW_FILES } from '../support/slow-first.js';
import { PEER_SUITES } from '../support/suites/peer-suites.js';
import { peerTable, readmeFile, suiteTable } from '../support/suites/readme.js';
import { casesOf } from '../support/suites/report.js';
import { VECTOR_SUITES, type VectorSuite, type VectorSuiteId } from '../support/suites/vector-suites.js';
import { manifestFiles } from '../support/vector-files.js';
import { describeVectors } from '../support/vectors.js';
import { NOT_APPLICABLE, NOT_APPLICABLE_CASES, notApplicableTo } from './not-applicable.js';

const suites: readonly VectorSuite[] = Object.values(VECTOR_SUITES);
const readme = readFileSync(readmeFile, 'utf8');
/** They are written when the run ends. */
const writing = process.env.GRAPEVINE_README !== undefined;

it('every case that does not apply is listed once, with a reason', () => {
  const names = NOT_APPLICABLE.flatMap(({ suite, cases }) => cases.map((name) => `${suite} ${name}`));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(NOT_APPLICABLE_CASES);
  expect(NOT_APPLICABLE.filter(({ reason, cases }) => reason === '' || cases.length === 0)).toEqual([]);
});

it('suites, and the list of slow files, name test files that exist', () => {
  const files = [...suites.map(({ file }) => file), ...PEER_SUITES.flatMap((suite) => suite.files), ...SLOW_FILES];
  expect(files.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
});

it.skipIf(writing)(
  'README lists the programs that are tested, in the versions that are locked: npm run interop-table',
  () => {
    const table = sectionOf(readme, 'peers');
    const figures = new Map(PEER_SUITES.map(({ name }) => [name, rowOf(table, name)?.at(-1) ?? 'none']));
    expect(table).toBe(peerTable((name) => figures.get(name) ?? ''));
    expect([...figures.values()].filter((figure) => !/^[1-9][\d,]*$/.test(figure))).toEqual([]);
  },
);

/** The cells of the row that begins with `name`. */
function rowOf(table: string, name: string): string[] | undefined {
  const row = table.split('\n').find((line) => line.startsWith(`| ${name} `));
  return row
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describeVectors('manifest.json', () => {
  it('every file belongs to one suite', () => {
    const owners = manifestFiles().map((file) => ({
      file,
      suites: suites.filter(({ data }) =>
        data.some((name) => (name.endsWith('/') ? file.startsWith(name) : file === name)),
      ).length,
    }));
    expect(owners.filter((owner) => owner.suites !== 1)).toEqual([]);
  });

  it.each(Object.keys(VECTOR_SUITES) as VectorSuiteId[])('%s has cases that apply', (id) => {
    expect(casesOf(VECTOR_SUITES[id])).toBeGreaterThan(notApplicableTo(id).length);
  });

  it.skipIf(writing)('README lists the suites and their cases: npm run interop-table', () => {
    expect(sectionOf(readme, 'suites')).toBe(suiteTable());
  });
});
