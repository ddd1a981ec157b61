import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { STORIES } from '../../src/sim/scenarios/all.js';
import { runSmall } from './small-runs.js';

/** A story that nobody has seen yet; GRAPEVINE_SEED tells one again. */
const seed = process.env.GRAPEVINE_SEED ?? String(randomInt(2 ** 32));

beforeAll(async () => {
  await selectCrypto();
  console.info(`the fresh seed of this run is ${seed}: GRAPEVINE_SEED=${seed} npm test -- test/sim/fresh-seed`);
});

describe(`scenarios with the fresh seed ${seed}`, () => {
  it.each(STORIES)('$name', (scenario) => void runSmall(scenario, 'scale', seed), 600_000);

  it('tell another story than the seed of every day', { timeout: 600_000 }, () => {
    const [scenario] = STORIES;
    const digests = scenario && ['ci', `not ${seed}`].map((one) => runSmall(scenario, 'scale', one).digest);
    expect(new Set(digests).size).toBe(2);
  });
});
