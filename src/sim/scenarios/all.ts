import type { Scenario } from '../scenario.js';
import { discoveryScenario } from './discovery.js';
import { splitHealScenario } from './split-heal.js';

/** Every scenario, by the name it is run by. */
export const SCENARIOS: readonly Scenario[] = [discoveryScenario, splitHealScenario];
