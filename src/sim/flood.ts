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
