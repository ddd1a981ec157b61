import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { runScenario } from '../../src/sim/run-scenario.js';
import type { Scenario, ScenarioResult } from '../../src/sim/scenario.js';
import { STORIES } from '../../src/sim/scenarios/all.js';
import type { Fidelity } from '../../src/sim/world.js';

/** Runs a scenario at its small size, with its invariants on the watch; fails with what went wrong and how to see it again. */
export function runSmall(scenario: Scenario, fidelity: Fidelity, seed: string): ScenarioResult {
  const { nodes, settings } = scenario.small[fidelity];
  const { result } = runScenario(scenario, { seed, nodes, fidelity, settings });
  const set = Object.entries(settings ?? {}).map(([key, value]) => ` --set ${key}=${value}`);
  const again = `grapevine sim run ${scenario.name} --seed ${seed} --nodes ${nodes} --${fidelity}${set.join('')}`;
  expect(result.failures, again).toEqual([]);
  return result;
}

/** Every story at its small size, twice with one seed; the same seed each time, so that a failure is one for everybody. */
export function describeSmallRuns(fidelity: Fidelity): void {
  // The story is the same with every backend, and takes minutes longer with the slowest.
  beforeAll(async () => {
    await selectCrypto();
  });

  describe(`scenarios, ${fidelity}`, () => {
    it.each(STORIES)(
      '$name tells the same story twice',
      (scenario) => {
        const first = runSmall(scenario, fidelity, 'ci');
        expect(runSmall(scenario, fidelity, 'ci')).toEqual(first);
      },
      600_000,
    );
  });
}
