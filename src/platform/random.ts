import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../ports/random.js';

const FLOAT_STEPS = 2 ** 48;

/** The operating system's generator; forks are the same stream, since nothing of it can be predicted or shifted. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  float: () => randomInt(FLOAT_STEPS - 1) / FLOAT_STEPS,
  below: (bound) => randomInt(bound),
  fork: () => systemRandom,
};
