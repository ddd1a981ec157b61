import { beforeAll, describe, expect, it } from 'vitest';
import { selectCrypto } from '../../../src/crypto/select.js';
import { runScenario } from '../../../src/sim/run-scenario.js';
import { leastNodesOf, type Scenario } from '../../../src/sim/scenario.js';
import { flashCrowdScenario } from '../../../src/sim/scenarios/flash-crowd.js';
import { natScenario } from '../../../src/sim/scenarios/nat.js';
import { partitionScenario } from '../../../src/sim/scenarios/partition.js';
import { splitHealScenario } from '../../../src/sim/scenarios/split-heal.js';

/** Runs of `nodes` nodes in which the plot did not happen. */
const EMPTY: readonly {
  readonly name: string;
  readonly scenario: Scenario;
  readonly nodes: number;
  readonly settings: Readonly<Record<string, number>>;
  readonly says: string;
}[] = [
  {
    name: 'a flash crowd of nobody',
    scenario: flashCrowdScenario,
    nodes: 5,
    settings: { settled: 5, settleMs: 2_000, joinMs: 3_000 },
    says: 'nobody joined the 5 nodes: give more with --nodes, or let fewer be there before with --set settled=N',
  },
  {
    name: 'halves too short apart to mine',
    scenario: splitHealScenario,
    nodes: 4,
    settings: { splitMs: 0, healMs: 60_000 },
    says: 'the halves did not fork, so nothing was shown',
  },
  {
    name: 'payers who do not pay',
    scenario: splitHealScenario,
    nodes: 4,
    settings: { perSecond: 0, splitMs: 10_000, healMs: 60_000 },
    says: 'nobody paid, so no payment could be lost',
  },
  {
    name: 'sides too short apart to mine',
    scenario: partitionScenario,
    nodes: 5,
    settings: { ...partitionScenario.small.scale.settings, splitMs: 0, mineMs: 30_000, afterMs: 0 },
    says: 'the sides did not fork, so nothing was shown',
  },
  {
    name: 'bootnodes that are asked nothing',
    scenario: natScenario,
    nodes: 8,
    settings: { ...natScenario.small.scale.settings, liveMs: 0 },
    says: 'bootnodes told of nobody, so nothing was shown',
  },
];

describe('partition', () => {
  it('has two sides with its least number of nodes', () => {
    const nodes = leastNodesOf(partitionScenario);
    const settings = partitionScenario.small.scale.settings;
    const request = { seed: '1', fidelity: 'scale', settings, untilMs: 70_000 } as const;
    expect(runScenario(partitionScenario, { ...request, nodes }).ending.kind).toBe('cut');
    expect(runScenario(partitionScenario, { ...request, nodes: nodes - 1 }).ending.kind).toBe('crash');
  });
});

beforeAll(async () => {
  await selectCrypto();
});

describe('a bar is missed by', () => {
  it.each(EMPTY)('$name', ({ scenario, nodes, settings, says }) => {
    const { result } = runScenario(scenario, { seed: '1', nodes, fidelity: 'scale', settings });
    expect(result.failures).toContain(says);
  });
});
