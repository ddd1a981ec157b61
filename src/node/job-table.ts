import { invariant } from '../base/invariant.js';
import type { Job, JobId, JobResult } from './job.js';
import type { NodeOutput } from './output.js';

/** What is to happen when a job is done. */
export type JobHandler = (nowMs: number, result: JobResult) => void;

/** The jobs that are under way. */
export interface JobTable {
  /** Asks the host to start `job`; `onDone` is called in a later step, unless the job is cancelled before. */
  start(job: Job, onDone: JobHandler): JobId;
  cancel(id: JobId): void;
  /** Routes a result to its handler; a result of a cancelled job is dropped. */
  done(nowMs: number, id: JobId, result: JobResult): void;
}

/** Creates an empty table that emits its outputs through `emit`. */
export function createJobTable(emit: (output: NodeOutput) => void): JobTable {
  // BOUNDED: by the queues that start jobs (imports, transaction intake, writes in flight, one seal).
  const handlers = new Map<JobId, JobHandler>();
  let lastId: JobId = 0;
  return {
    start(job, onDone) {
      const id = ++lastId;
      handlers.set(id, onDone);
      emit({ kind: 'start-job', id, job });
      return id;
    },
    cancel(id) {
      if (handlers.delete(id)) emit({ kind: 'cancel-job', id });
    },
    done(nowMs, id, result) {
      invariant(id <= lastId, 'a result must belong to a job that was started');
      const handler = handlers.get(id);
      handlers.delete(id);
      handler?.(nowMs, result);
    },
  };
}
