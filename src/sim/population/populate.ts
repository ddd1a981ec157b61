import type { Random } from '../../ports/random.js';
import { exponential } from '../distributions.js';
import type { PopulateOptions, World } from '../world.js';
import { arrive } from './arrivals.js';

/** How the nodes of a network come to it. */
export interface Population {
  readonly nodes: number;
  /** The first so many are the bootnodes of all others; three unless told otherwise. */
  readonly bootnodes?: number;
  /** The first so many mine, each with the same share of {@link hashrate}. */
  readonly miners: number;
  /** Hashes a second of all miners together. */
  readonly hashrate: number;
  /** Mean time between two arrivals. */
  readonly gapMs: number;
  readonly more?: Pick<PopulateOptions, 'maxPeers'>;
}

/** Adds nodes and starts them one after the other, at random moments. */
export function populate(world: World, population: Population, random: Random): void {
  const { miners, hashrate, gapMs, more, ...arrivals } = population;
  arrive(world, {
    ...arrivals,
    gapMs: () => exponential(random, gapMs),
    newcomer: (index) => ({ hashrate: index < miners ? hashrate / miners : 0, ...more }),
  });
}
