import type { EthEvent, SyncStatus } from '../service.js';

/** How often a running sync reports itself. */
const REPORT_MS = 5000;

/** What a sync tells of itself: the figures of `eth_syncing`, and a report with its speed every five seconds. */
export class Progress {
  readonly #starting: number;
  readonly #startedAtMs: number;
  readonly #target: number;
  #blocks = 0;
  #reportedAtMs: number;
  #reportedBlocks = 0;

  constructor(nowMs: number, starting: number, target: number) {
    this.#starting = starting;
    this.#startedAtMs = nowMs;
    this.#target = target;
    this.#reportedAtMs = nowMs;
  }

  /** Blocks imported so far. */
  get blocks(): number {
    return this.#blocks;
  }

  note(): void {
    this.#blocks++;
  }

  elapsedMs(nowMs: number): number {
    return nowMs - this.#startedAtMs;
  }

  status(currentBlock: number): SyncStatus {
    return {
      syncing: true,
      startingBlock: this.#starting,
      currentBlock,
      highestBlock: Math.max(this.#target, currentBlock),
    };
  }

  /** The report, if it is time for one. */
  report(nowMs: number, current: number): EthEvent | undefined {
    const elapsedMs = nowMs - this.#reportedAtMs;
    if (elapsedMs < REPORT_MS) return undefined;
    const blocksPerSecond = ((this.#blocks - this.#reportedBlocks) * 1000) / elapsedMs;
    this.#reportedAtMs = nowMs;
    this.#reportedBlocks = this.#blocks;
    return { kind: 'sync-progress', current, target: this.#target, blocksPerSecond };
  }
}
