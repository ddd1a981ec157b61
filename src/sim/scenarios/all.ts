import type { Scenario } from '../scenario.js';
import { churnScenario } from './churn.js';
import { clockSkewScenario } from './clock-skew.js';
import { discoveryScenario } from './discovery.js';
import { discoveryScaleScenario } from './discovery-scale.js';
import { flashCrowdScenario } from './flash-crowd.js';
import { massExitScenario } from './mass-exit.js';
import { natScenario } from './nat.js';
import { partitionScenario } from './partition.js';
import { propagationScenario } from './propagation.js';
import { slotSiegeScenario } from './slot-siege.js';
import { splitHealScenario } from './split-heal.js';
import { togetherScenario } from './together.js';

/** The scenarios that tell one story each. */
export const STORIES: readonly Scenario[] = [
  clockSkewScenario,
  discoveryScenario,
  discoveryScaleScenario,
  massExitScenario,
  flashCrowdScenario,
  natScenario,
  slotSiegeScenario,
  splitHealScenario,
  partitionScenario,
  churnScenario,
  propagationScenario,
];

/** Every scenario, by the name it is run by. */
export const SCENARIOS: readonly Scenario[] = [
  ...STORIES,
  togetherScenario('exact-20', 'every other scenario with 20 nodes, real keys, RLPx bytes and seals', STORIES),
];

/** The scenario of that name, if there is one. */
export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
