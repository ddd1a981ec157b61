import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { notApplicableTo } from '../../conformance/not-applicable.js';
import { withSection } from '../markdown-section.js';
import { PEER_SUITES } from './peer-suites.js';
import { casesOf, versionsOf } from './report.js';
import type { Row } from './tally.js';
import { VECTOR_SUITES, type VectorSuiteId } from './vector-suites.js';

/** Where the last result of each foreign program is kept. */
export const resultsFile = new URL('../../../.vitest/peers.json', import.meta.url);
/** The file with the tables. */
export const readmeFile = new URL('../../../README.md', import.meta.url);

/** Results by the name of the program. */
export type PeerResults = Readonly<Record<string, Row>>;

/** What earlier runs left; empty if there were none. */
export function readResults(): PeerResults {
  return existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as PeerResults) : {};
}

const figure = (value: number | undefined): string => (value ?? 0).toLocaleString('en-US');

/** A Markdown table as the formatters of editors leave it: columns padded, the last ones to the right if `right` of them. */
function markdown(headings: readonly string[], rows: readonly (readonly string[])[], right: number): string {
  const widths = headings.map((_, i) => Math.max(...[headings, ...rows].map((row) => (row[i] ?? '').length)));
  const isRight = (column: number): boolean => column >= headings.length - right;
  const line = (row: readonly string[]): string => {
    const cells = widths.map((width, i) =>
      isRight(i) ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width),
    );
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (isRight(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}

/** README's table of the public suites; undefined where the test data are absent. */
export function suiteTable(): string | undefined {
  const ids = Object.keys(VECTOR_SUITES) as VectorSuiteId[];
  const rows = ids.map((id) => {
    const suite = VECTOR_SUITES[id];
    const [cases, without] = [casesOf(suite), notApplicableTo(id).length];
    return { cases, row: [suite.name, suite.source, figure(cases), figure((cases ?? 0) - without), figure(without)] };
  });
  if (rows.some(({ cases }) => cases === undefined)) return undefined;
  return markdown(
    ['suite', 'source', 'cases', 'passed', 'not applicable'],
    rows.map(({ row }) => row),
    3,
  );
}

/** README's table of the foreign programs, with the cases of each as `casesOfPeer` tells them. */
export function peerTable(casesOfPeer: (name: string) => string): string {
  const rows = PEER_SUITES.map((suite) => [suite.name, versionsOf(suite), suite.checked, casesOfPeer(suite.name)]);
  return markdown(['program', 'version', 'what is checked', 'cases'], rows, 1);
}

/** Rewrites both tables; returns what is in the way, if something is. */
export function rewriteReadme(results: PeerResults): string | undefined {
  const suites = suiteTable();
  if (suites === undefined) return 'README.md is as it was: the test data are absent.';
  const open = PEER_SUITES.filter(({ name }) => results[name] === undefined || results[name].missing !== '');
  if (open.length > 0) return `README.md is as it was: run first ${open.flatMap(({ files }) => files).join(' ')}`;
  const readme = readFileSync(readmeFile, 'utf8');
  const peers = peerTable((name) => figure(results[name]?.passed));
  writeFileSync(readmeFile, withSection(withSection(readme, 'suites', suites), 'peers', peers));
  return undefined;
}
