import type { Random } from '../ports/random.js';

/** An exponential draw with this mean: the gap to the next event of a Poisson process. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.float()) * mean;
}

/** A Weibull draw; with a shape below 1 its tail is heavier than the exponential's. Its median is scale * ln(2)^(1/shape). */
export function weibull(random: Random, shape: number, scale: number): number {
  return scale * (-Math.log(1 - random.float())) ** (1 / shape);
}

/** A log-normal draw: half of them are below `median`, and `sigma` is the deviation of the logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  // Box and Muller, one of the two.
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
  return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.float()));
}

/** One of `items`, all alike; undefined if there are none. */
export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[random.below(items.length)];
}

/** At most `count` of `items`, without repetition, in random order. */
export function sampleOf<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items];
  const turns = Array.from({ length: Math.min(count, items.length) });
  return turns.flatMap(() => rest.splice(random.below(rest.length), 1));
}
