import type { EthEvent, SyncStatus } from '../service.js';

/** How often a running sync reports itself. */
const REPORT_MS = 5000;

/** The status of a node at block `number` that does not sync. */
export const statusAtRest = (number: number): SyncStatus => ({
  syncing: false,
  startingBlock: number,
  currentBlock: number,
  highestBlock: number,
});

/** What a sync tells of itself: the figures of `eth_syncing`, and a report with its speed every five seconds. */
export class Progress {
  readonly starting: number;
  readonly #startedAtMs: number;
  readonly #target: number;
  #blocks = 0;
  #reportedAtMs: number | undefined;
  #reportedBlocks = 0;

  constructor(nowMs: number, starting: number, target: number) {
    this.starting = starting;
    this.#startedAtMs = nowMs;
    this.#target = target;
  }

  /** Blocks imported so far. */
  get blocks(): number {
    return this.#blocks;
  }

  note(): void {
    this.#blocks++;
  }

  /** True the first time: then the reports begin. */
  begins(nowMs: number): boolean {
    if (this.#reportedAtMs !== undefined) return false;
    this.#reportedAtMs = nowMs;
    return true;
  }

  elapsedMs(nowMs: number): number {
    return nowMs - this.#startedAtMs;
  }

  status(currentBlock: number): SyncStatus {
    return {
      syncing: true,
      startingBlock: this.starting,
      currentBlock,
      highestBlock: this.#highest(currentBlock),
    };
  }

  /** When the next report is due, in ms; Infinity before they begin. */
  nextWake(): number {
    return this.#reportedAtMs === undefined ? Number.POSITIVE_INFINITY : this.#reportedAtMs + REPORT_MS;
  }

  /** The report, if it is time for one; `current` is the number of the head, `sources` how many peers serve the sync. */
  report(nowMs: number, current: number, sources: number): EthEvent | undefined {
    if (this.#reportedAtMs === undefined || nowMs < this.nextWake()) return undefined;
    const elapsedMs = nowMs - this.#reportedAtMs;
    const blocksPerSecond = ((this.#blocks - this.#reportedBlocks) * 1000) / elapsedMs;
    this.#reportedAtMs = nowMs;
    this.#reportedBlocks = this.#blocks;
    const target = this.#highest(current);
    const etaSeconds = blocksPerSecond > 0 ? Math.ceil((target - current) / blocksPerSecond) : undefined;
    return { kind: 'sync-progress', current, target, blocksPerSecond, etaSeconds, sources };
  }

  #highest(current: number): number {
    return Math.max(this.#target, current);
  }
}
