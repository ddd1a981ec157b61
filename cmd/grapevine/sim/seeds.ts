import { InvalidArgumentError } from 'commander';

/** More than anybody waits for. */
const MAX_SEEDS = 10_000;

/** Reads a list of seeds: names parted by commas, and ranges like `1..20`. Each seed once, in the order given. */
export function parseSeeds(text: string): string[] {
  const seeds = new Set<string>();
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') throw new InvalidArgumentError('Give seeds like 1..20 or 1,5,9.');
    const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(part) ?? [];
    if (from === undefined || to === undefined) seeds.add(part);
    else addRange(seeds, Number(from), Number(to));
    if (seeds.size > MAX_SEEDS) throw new InvalidArgumentError(`Give at most ${MAX_SEEDS} seeds.`);
  }
  return [...seeds];
}

function addRange(seeds: Set<string>, from: number, to: number): void {
  // Beyond these one more is the same number.
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw new InvalidArgumentError(`Give a range within 0..${Number.MAX_SAFE_INTEGER}; other seeds one by one.`);
  }
  if (from > to) throw new InvalidArgumentError(`${from}..${to} goes down.`);
  if (to - from >= MAX_SEEDS) throw new InvalidArgumentError(`Give at most ${MAX_SEEDS} seeds.`);
  for (let seed = from; seed <= to; seed++) seeds.add(String(seed));
}
