import type { Random } from '../../../src/ports/random.js';
import { seededRandom } from '../../support/seeded-random.js';

const numberFrom = (name: string, otherwise: number): number => {
  const text = process.env[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
};

/** Decides every moment and every byte; `CHAOS_SEED` replays a run. */
export const SEED = process.env.CHAOS_SEED ?? '1';

/** How many kills; `npm run chaos` asks for more than `npm test` does. */
export const KILLS = numberFrom('CHAOS_ROUNDS', 10);

/** How many times the volume is filled. */
export const FULL_VOLUMES = numberFrom('CHAOS_FULL', 2);

/** How many databases are damaged. */
export const DAMAGES = numberFrom('CHAOS_FLIPS', 6);

/** How many databases without a node are damaged. */
export const FILE_DAMAGES = numberFrom('CHAOS_FILES', 200);

/** When a node is killed: counted from a block that it finds, from its `turn`th answer, or from its start. */
export type Moment =
  | { readonly kind: 'block'; readonly blocks: number; readonly delayMs: number }
  | { readonly kind: 'load'; readonly turns: number; readonly delayMs: number }
  | { readonly kind: 'start'; readonly delayMs: number };

/** The stream of one purpose and round, so that a round is the same however many come before it. */
export const randomOf = (purpose: string, round: number): Random => seededRandom(`${SEED}/${purpose}/${round}`);

/** The moment of a kill: mostly around a write, at times while the node is still opening. */
export function drawMoment(random: Random): Moment {
  const die = random.below(10);
  // A write takes some ms after its block is found; the rest of the second is quiet.
  if (die < 5) return { kind: 'block', blocks: 1 + random.below(2), delayMs: random.below(25) };
  if (die < 8) return { kind: 'load', turns: 1 + random.below(40), delayMs: random.below(10) };
  return { kind: 'start', delayMs: random.below(900) };
}
