import { readFileSync } from 'node:fs';
import { notApplicableTo } from '../../conformance/not-applicable.js';
import { expectedCases, vectorsPath } from '../vector-files.js';
import { PEER_SUITES, type PeerSuite } from './peer-suites.js';
import { type FileResult, peerRow, type Row, vectorRow } from './tally.js';
import { VECTOR_SUITES, type VectorSuite, type VectorSuiteId } from './vector-suites.js';

/** The rows of a run, by what they are about. */
export interface Tables {
  readonly vectors: readonly Row[];
  readonly peers: readonly Row[];
}

const packageFile = new URL('../../../package.json', import.meta.url);

/** The versions of the packages that a suite uses, as package.json pins them. */
export function versionsOf({ packages }: PeerSuite): string {
  const { devDependencies } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return packages.length === 0 ? 'as published' : packages.map((name) => devDependencies[name]).join(', ');
}

/** How many cases a public suite has by the manifest; undefined where the test data are absent. */
export function casesOf({ data }: VectorSuite): number | undefined {
  return vectorsPath('manifest.json') === undefined
    ? undefined
    : data.reduce((sum, name) => sum + expectedCases(name), 0);
}

/** The rows of every suite all of whose files ran; `files` are results by the path in the project. */
export function tablesOf(files: ReadonlyMap<string, FileResult>): Tables {
  const ids = Object.keys(VECTOR_SUITES) as VectorSuiteId[];
  const vectors = ids.flatMap((id) => {
    const suite: VectorSuite = VECTOR_SUITES[id];
    const file = files.get(suite.file);
    if (file === undefined) return [];
    return [vectorRow({ ...suite, id, cases: casesOf(suite), notApplicable: notApplicableTo(id) }, file)];
  });
  const peers = PEER_SUITES.flatMap((suite) => {
    const ran = suite.files.flatMap((name) => files.get(name) ?? []);
    return ran.length < suite.files.length ? [] : [peerRow(suite.name, versionsOf(suite), ran)];
  });
  return { vectors, peers };
}
