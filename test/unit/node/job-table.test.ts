import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/invariant.js';
import { createJobTable } from '../../../src/node/job-table.js';
import type { NodeOutput } from '../../../src/node/output.js';

const JOB = { kind: 'recover-senders', transactions: [] } as const;

describe('job table', () => {
  it('routes each result to its own handler, once', () => {
    const calls: string[] = [];
    const jobs = createJobTable(() => undefined);
    const first = jobs.start(JOB, () => calls.push('first'));
    const second = jobs.start(JOB, () => calls.push('second'));
    jobs.done(0, second, { kind: 'recovered' });
    jobs.done(0, first, { kind: 'recovered' });
    jobs.done(0, first, { kind: 'recovered' });
    expect(calls).toEqual(['second', 'first']);
  });

  it('drops the result of a cancelled job and tells the host once', () => {
    const outputs: NodeOutput[] = [];
    const jobs = createJobTable((output) => outputs.push(output));
    const id = jobs.start(JOB, () => {
      throw new Error('must not be called');
    });
    jobs.cancel(id);
    jobs.cancel(id);
    jobs.done(0, id, { kind: 'recovered' });
    expect(outputs.map((output) => output.kind)).toEqual(['start-job', 'cancel-job']);
  });

  it('takes a result of a job that was never started for a bug', () => {
    expect(() => createJobTable(() => undefined).done(0, 1, { kind: 'recovered' })).toThrow(InvariantError);
  });
});
