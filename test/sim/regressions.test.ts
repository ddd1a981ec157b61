import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../src/crypto/select.js';
import { type RunRequest, runScenario } from '../../src/sim/run-scenario.js';
import { scenarioNamed } from '../../src/sim/scenarios/all.js';

/** Runs that failed once, made small, with what was wrong. */
const RUNS: readonly { readonly wrong: string; readonly name: string; readonly request: Omit<RunRequest, 'seed'> }[] = [
  {
    // Nodes that dialed each other at once kept one connection, which was counted by its own direction, not in the
    // slot of the one that it replaced: inbound slots were over their number, and the dialed one was filled again.
    wrong: 'a peer more than maxpeers',
    name: 'discovery',
    request: { nodes: 10, fidelity: 'scale', settings: { maxPeers: 6, leastPeers: 0 }, untilMs: 20_000 },
  },
];

beforeAll(async () => {
  await selectCrypto();
});

describe('what went wrong once', () => {
  it.each(RUNS)('$wrong', ({ name, request }) => {
    const scenario = scenarioNamed(name);
    const failures = ['1', '2'].map((seed) => scenario && runScenario(scenario, { ...request, seed }).result.failures);
    expect(failures).toEqual([[], []]);
  });
});
