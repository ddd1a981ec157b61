/**
 * What is to run and when, earliest first, and of one time what was added first. A binary heap over three parallel arrays:
 * a run of ten thousand nodes adds and takes tens of millions of events, and so none of them is an object of its own.
 */
export class EventQueue {
  // BOUNDED: by what the nodes of a simulation, all of them ours, have under way
  readonly #times: number[] = [];
  readonly #sequences: number[] = [];
  readonly #runs: (() => void)[] = [];
  #next = 0;

  get size(): number {
    return this.#times.length;
  }

  /** When the first is due; Infinity if there is none. */
  firstAtMs(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  add(atMs: number, run: () => void): void {
    const sequence = this.#next++;
    let hole = this.#times.length;
    this.#put(hole, atMs, sequence, run);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      // Of one time the newcomer is the last.
      if (atMs >= (this.#times[parent] as number)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, atMs, sequence, run);
  }

  /** Removes and returns the first; undefined if there is none. */
  take(): (() => void) | undefined {
    const first = this.#runs[0];
    const [atMs, sequence, run] = [this.#times.pop(), this.#sequences.pop(), this.#runs.pop()];
    const size = this.#times.length;
    if (size === 0 || atMs === undefined || sequence === undefined || run === undefined) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(child + 1, this.#times[child] as number, this.#sequences[child] as number))
        child++;
      if (!this.#isBefore(child, atMs, sequence)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, atMs, sequence, run);
    return first;
  }

  #isBefore(index: number, atMs: number, sequence: number): boolean {
    const time = this.#times[index] as number;
    return time < atMs || (time === atMs && (this.#sequences[index] as number) < sequence);
  }

  #put(index: number, atMs: number, sequence: number, run: () => void): void {
    this.#times[index] = atMs;
    this.#sequences[index] = sequence;
    this.#runs[index] = run;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#sequences[from] as number, this.#runs[from] as () => void);
  }
}
