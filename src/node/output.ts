import type { Reorg } from '../chain/chain.js';
import type { NetOutput } from '../net/io.js';
import type { Block } from '../types/block.js';
import type { Transaction } from '../types/transaction.js';
import type { Job, JobId } from './job.js';

/** What others may want to hear of: RPC subscriptions, metrics, the block log. */
export type NodeEvent =
  /** `block` is the head now; see `Reorg` for what a deep change leaves out. */
  | ({ readonly kind: 'head'; readonly block: Block } & Reorg)
  /** Transactions that became executable in the pool. */
  | { readonly kind: 'pending-transactions'; readonly transactions: readonly Transaction[] }
  | { readonly kind: 'sync'; readonly syncing: boolean };

/** Everything that a node asks of its host. */
export type NodeOutput =
  | NetOutput
  | { readonly kind: 'start-job'; readonly id: JobId; readonly job: Job }
  /** Drop the job; a result that is already under way is ignored by the node. */
  | { readonly kind: 'cancel-job'; readonly id: JobId }
  | { readonly kind: 'event'; readonly event: NodeEvent }
  /** The node can't go on: the host closes everything and ends with the exit code of `reason`. */
  | { readonly kind: 'fatal'; readonly reason: 'disk-full' | 'io-error'; readonly message: string };
