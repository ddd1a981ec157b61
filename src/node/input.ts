import type { NetInput } from '../net/io.js';
import type { JobId, JobResult } from './job.js';

/**
 * Everything that can happen to a node. Reads from RPC are no inputs: they look at the node between two steps.
 * Writes from RPC enter through `Node.execute`.
 */
export type NodeInput =
  | NetInput
  /** The time that `Node.nextWake()` named has come. Early or needless ones do no harm. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'job-done'; readonly job: JobId; readonly result: JobResult };
