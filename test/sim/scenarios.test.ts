import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { SCENARIOS } from '../../src/sim/scenarios/all.js';
import type { Fidelity } from '../../src/sim/world.js';

/** Each scenario at a size that takes seconds; the same seeds on every run, so that a failure is one for everybody. */
const RUNS: readonly { readonly name: string; readonly nodes: number; readonly fidelity: Fidelity }[] = [
  { name: 'discovery', nodes: 300, fidelity: 'scale' },
  { name: 'discovery', nodes: 8, fidelity: 'exact' },
  { name: 'discovery-scale', nodes: 120, fidelity: 'scale' },
  { name: 'discovery-scale', nodes: 12, fidelity: 'exact' },
  { name: 'split-heal', nodes: 8, fidelity: 'exact' },
  { name: 'split-heal', nodes: 8, fidelity: 'scale' },
];

// The story is the same with every backend, and takes minutes longer with the slowest.
beforeAll(async () => {
  await selectCrypto();
});

describe('scenarios', () => {
  it('are all run here', () => {
    expect(new Set(RUNS.map((run) => run.name))).toEqual(new Set(SCENARIOS.map((scenario) => scenario.name)));
  });

  it.each(RUNS)(
    '$name with $nodes nodes, $fidelity, tells the same story twice',
    ({ name, nodes, fidelity }) => {
      const scenario = SCENARIOS.find((one) => one.name === name);
      const first = scenario?.run({ seed: 'ci', nodes, fidelity });
      expect(first?.failures).toEqual([]);
      expect(scenario?.run({ seed: 'ci', nodes, fidelity })).toEqual(first);
    },
    600_000,
  );

  it('tells another story for another seed', () => {
    const scenario = SCENARIOS.find((one) => one.name === 'discovery');
    const digests = ['a', 'b'].map((seed) => scenario?.run({ seed, nodes: 8, fidelity: 'scale' }).digest);
    expect(digests[0]).not.toBe(digests[1]);
  });
});
