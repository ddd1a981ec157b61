/**
 * When each of `count` places is reached from `source` if whoever is reached passes it on to all of its neighbours at once, each link taking its own
 * time (Dijkstra, for dense networks). Infinity for places that are not reached.
 */
export function floodTimes(
  count: number,
  source: number,
  neighbours: (place: number) => Iterable<number>,
  linkMs: (from: number, to: number) => number,
): number[] {
  const times = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  const done = new Set<number>();
  times[source] = 0;
  for (;;) {
    let next: number | undefined;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [place, atMs] of times.entries()) {
      if (atMs < nextMs && !done.has(place)) [next, nextMs] = [place, atMs];
    }
    if (next === undefined) return times;
    done.add(next);
    for (const to of neighbours(next)) {
      times[to] = Math.min(times[to] ?? Number.POSITIVE_INFINITY, nextMs + linkMs(next, to));
    }
  }
}

/** What a link of {@link scheduledFloodTimes} takes, in ms: the line of the sender, which carries one copy after the other, and the way from there on. */
export interface LinkCost {
  readonly lineMs: number;
  readonly restMs: number;
}

/**
 * The same where the line of each place carries one copy after the other, and whoever schedules them knows everything: the next copy is always the one
 * that arrives first of all that are of use, and nobody gets two. What a network of such lines can do at best is a little better at most.
 */
export function scheduledFloodTimes(
  count: number,
  source: number,
  neighbours: (place: number) => Iterable<number>,
  costOf: (from: number, to: number) => LinkCost,
): number[] {
  const times = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  const freeAtMs = new Array<number>(count).fill(0);
  times[source] = 0;
  const reached = [source];
  for (;;) {
    let best:
      | { readonly from: number; readonly to: number; readonly atMs: number; readonly freeMs: number }
      | undefined;
    for (const from of reached) {
      for (const to of neighbours(from)) {
        if (times[to] !== Number.POSITIVE_INFINITY) continue;
        const { lineMs, restMs } = costOf(from, to);
        const freeMs = Math.max(freeAtMs[from] ?? 0, times[from] ?? 0) + lineMs;
        if (best === undefined || freeMs + restMs < best.atMs) best = { from, to, atMs: freeMs + restMs, freeMs };
      }
    }
    if (best === undefined) return times;
    times[best.to] = best.atMs;
    freeAtMs[best.from] = best.freeMs;
    reached.push(best.to);
  }
}
