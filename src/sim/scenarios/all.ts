import type { Scenario } from '../scenario.js';
import { discoveryScenario } from './discovery.js';
import { discoveryScaleScenario } from './discovery-scale.js';
import { splitHealScenario } from './split-heal.js';

/** Every scenario, by the name it is run by. */
export const SCENARIOS: readonly Scenario[] = [discoveryScenario, discoveryScaleScenario, splitHealScenario];

/** The scenario of that name, if there is one. */
export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
