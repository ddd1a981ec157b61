import { describe, expect, it } from 'vitest';
import { type FileResult, peerRow, vectorRow } from '../support/suites/tally.js';

const file = (...names: string[]): FileResult => ({
  ...{ passed: 3, failed: 0, skipped: 0 },
  cases: new Map([['trie', new Set(names)]]),
});
const suite = { id: 'trie', name: 'tries', source: 'tests', cases: 3, notApplicable: ['c'] };

describe('a public suite', () => {
  it.each([
    { name: 'all accounted for', result: file('a', 'b'), missing: '' },
    { name: 'one neither passed nor listed', result: file('a'), missing: '1 cases neither passed nor listed' },
    { name: 'none passed', result: { ...file(), cases: new Map() }, missing: '2 cases neither passed nor listed' },
    { name: 'more than there are', result: file('a', 'b', 'd'), missing: '1 cases too many' },
    { name: 'listed but passed', result: file('a', 'c'), missing: 'listed as not applicable, but passed: c' },
  ])('$name', ({ result, missing }) => {
    expect(vectorRow(suite, result).missing).toBe(missing);
  });

  it('says so where the test data are absent', () => {
    const row = vectorRow({ ...suite, cases: undefined }, { ...file(), cases: new Map() });
    expect(row).toMatchObject({ cases: undefined, passed: 0, notApplicable: 0, missing: 'skipped: no test data' });
  });
});

describe('a foreign program', () => {
  it('has the tests of its files as cases', () => {
    expect(peerRow('peer', '1.0.0', [file(), file()])).toEqual({
      ...{ suite: 'peer', source: '1.0.0', cases: 6, passed: 6, notApplicable: 0, missing: '' },
    });
  });

  it('tells what did not pass', () => {
    const rows = peerRow('peer', '1.0.0', [file(), { ...file(), failed: 1, skipped: 2 }]);
    expect(rows).toMatchObject({ cases: 9, passed: 6, missing: '1 failed, 2 skipped' });
  });
});
