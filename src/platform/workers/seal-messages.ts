import type { Seal, SealTask } from '../../miner/mining-job.js';

/** What a seal worker is created with. */
export interface SealWorkerData {
  /** Hashes a second at most; Infinity for as many as there can be. */
  readonly maxHashrate: number;
  /** The hashes that the limit allows in this many ms are tried at once. */
  readonly headStartMs: number;
  /** One shared counter of the hashes tried, modulo 2^32. */
  readonly hashes: Uint32Array;
}

/** To the worker: search this instead of what you searched, or nothing. */
export type SealRequest = { readonly id: number; readonly task: SealTask | undefined };

/** From the worker: the seal of the task with this id. It rests afterwards. */
export type SealReply = { readonly id: number; readonly seal: Seal };
