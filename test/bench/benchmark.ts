/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the project promises; `isMost` where less is better. */
  readonly bar?: { readonly value: number; readonly isMost?: boolean };
  /** The same work done by another program in the same run. */
  readonly rival?: { readonly name: string; readonly value: number };
  /** CPU time of our process (user and system, all threads) for one unit of work, in microseconds: nearly free of other load. */
  readonly cpuMicros?: number;
  readonly rivalCpuMicros?: number;
}

/** How thorough a run is. */
export interface BenchOptions {
  /** How often each measurement is repeated; figures are medians. */
  readonly rounds: number;
  /** Says what is being done, before it is done. */
  readonly note: (text: string) => void;
}

/** One benchmark. It starts and stops all that it needs. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

/** The middle of `values`, which are not empty; the upper one of two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
