import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.js';
import { SuiteReporter } from './test/support/suites/reporter.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', new SuiteReporter()],
  },
});
