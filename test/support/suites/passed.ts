import { TestRunner } from 'vitest';
import type { VectorSuiteId } from './vector-suites.js';

declare module 'vitest' {
  interface TaskMeta {
    /** The cases of public suites that this test found right, by suite. */
    cases?: Partial<Record<VectorSuiteId, string[]>>;
  }
}

/**
 * Notes that the running test found the cases `names` of `suite` right. They count once however often they are noted,
 * and only if the test passes.
 */
export function passed(suite: VectorSuiteId, ...names: readonly string[]): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error('no test runs');
  const cases = test.meta.cases ?? {};
  test.meta.cases = { ...cases, [suite]: [...(cases[suite] ?? []), ...names] };
}
