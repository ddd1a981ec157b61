/** What a run found out about one test file. */
export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of the cases of public suites that passed, by suite; each once. */
  readonly cases: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A row of the table at the end of a run. */
export interface Row {
  readonly suite: string;
  readonly source: string;
  /** Undefined where the test data are absent. */
  readonly cases: number | undefined;
  readonly passed: number;
  readonly notApplicable: number;
  /** Empty where every case is accounted for. */
  readonly missing: string;
}

/** A suite of which it is known how many cases it has. */
export interface Counted {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** Undefined where the test data are absent. */
  readonly cases: number | undefined;
  readonly notApplicable: readonly string[];
}

/** The row of a public suite whose file ran: every case must have passed or be listed as not applicable, and not both. */
export function vectorRow(suite: Counted, file: FileResult): Row {
  const right = file.cases.get(suite.id) ?? new Set<string>();
  const listed = new Set(suite.notApplicable);
  const both = [...right].filter((name) => listed.has(name));
  const row = {
    suite: suite.name,
    source: suite.source,
    cases: suite.cases,
    passed: right.size,
    notApplicable: listed.size,
  };
  if (suite.cases === undefined) return { ...row, notApplicable: 0, missing: 'skipped: no test data' };
  if (both.length > 0)
    return { ...row, missing: `listed as not applicable, but passed: ${both.slice(0, 3).join(', ')}` };
  const rest = suite.cases - right.size - listed.size;
  if (rest === 0) return { ...row, missing: '' };
  return { ...row, missing: rest > 0 ? `${rest} cases neither passed nor listed` : `${-rest} cases too many` };
}

/** The row of a foreign program: its cases are the tests of its files. */
export function peerRow(suite: string, source: string, files: readonly FileResult[]): Row {
  const sum = (of: (file: FileResult) => number): number => files.reduce((total, file) => total + of(file), 0);
  const [right, failed, skipped] = [sum((f) => f.passed), sum((f) => f.failed), sum((f) => f.skipped)];
  const wrong = [...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return {
    ...{ suite, source, cases: right + failed + skipped, passed: right, notApplicable: 0 },
    missing: wrong.join(', '),
  };
}
