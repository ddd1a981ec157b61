import { Heap } from '../../base/heap.js';

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

/** A copy that a place could send next: the best of those to places that were not reached when it was looked for. */
interface Offer {
  readonly from: number;
  readonly arrivesMs: number;
}

/** Where a place could send copies, the fastest way first, and from where on in this list somebody may not have been reached. */
interface Sender {
  readonly ways: readonly { readonly to: number; readonly lineMs: number; readonly ms: number }[];
  next: number;
  freeMs: number;
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
  const senders = new Map<number, Sender>();
  const offers = new Heap<Offer>(
    (a, b) => a.arrivesMs < b.arrivesMs || (a.arrivesMs === b.arrivesMs && a.from < b.from),
  );
  const isNew = (to: number): boolean => times[to] === Number.POSITIVE_INFINITY;

  function offer(from: number, sender: Sender): void {
    let way = sender.ways[sender.next];
    while (way !== undefined && !isNew(way.to)) way = sender.ways[++sender.next];
    if (way !== undefined) offers.push({ from, arrivesMs: sender.freeMs + way.ms });
  }

  function reach(place: number, atMs: number): void {
    times[place] = atMs;
    const ways = [...neighbours(place)].map((to) => {
      const { lineMs, restMs } = costOf(place, to);
      return { to, lineMs, ms: lineMs + restMs };
    });
    ways.sort((a, b) => a.ms - b.ms || a.to - b.to);
    const sender = { ways, next: 0, freeMs: atMs };
    senders.set(place, sender);
    offer(place, sender);
  }

  reach(source, 0);
  for (let best = offers.pop(); best !== undefined; best = offers.pop()) {
    const sender = senders.get(best.from);
    const way = sender?.ways[sender.next];
    if (sender === undefined || way === undefined) continue;
    // Somebody else may have been faster to the place that this copy was for.
    if (isNew(way.to)) {
      sender.freeMs += way.lineMs;
      reach(way.to, best.arrivesMs);
    }
    offer(best.from, sender);
  }
  return times;
}
